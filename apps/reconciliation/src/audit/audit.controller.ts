/** Answers `GET /audit`, `GET /audit/verify` and, for operators, `GET /ops/audit/verify`. */
import { Controller, Inject } from '@nestjs/common';
import { problem, reconciliationRpc } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { listAudit } from './list-audit.js';
import { verifyAllAudits } from './verify-all-audits.js';
import { verifyAudit } from './verify-audit.js';
import type { AuditDeps } from './verify-audit.js';

/** Injection token of `AuditDeps`. */
export const AUDIT = Symbol('audit');

@Controller()
export class AuditController {
  constructor(@Inject(AUDIT) private readonly deps: AuditDeps) {}

  @RpcMethod(reconciliationRpc.listAudit)
  async list(payload: RequestOf<typeof reconciliationRpc.listAudit>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof reconciliationRpc.listAudit>>> {
    const page = await listAudit(this.deps.database, userId, payload);
    return page.ok ? answered(page.value) : refused(page.error);
  }

  @RpcMethod(reconciliationRpc.verifyAudit)
  async verify(_payload: RequestOf<typeof reconciliationRpc.verifyAudit>, { userId }: RpcContext): Promise<RpcReply<reconciliationRpc.AuditVerdict>> {
    return answered(await verifyAudit(this.deps, userId));
  }

  @RpcMethod(reconciliationRpc.verifyAllAudits)
  async verifyAll(payload: RequestOf<typeof reconciliationRpc.verifyAllAudits>, { scopes }: RpcContext): Promise<RpcReply<ResponseOf<typeof reconciliationRpc.verifyAllAudits>>> {
    if (!scopes?.includes('ops')) return refused(problem('forbidden', 'This is for operators: the token needs the scope "ops".'));
    const verdicts = await verifyAllAudits(this.deps, payload);
    return verdicts.ok ? answered(verdicts.value) : refused(verdicts.error);
  }
}
