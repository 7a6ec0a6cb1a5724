/** Rules: set, listed, changed, removed by the user whose they are. */
import { Controller, Inject } from '@nestjs/common';
import { alertsRpc, DEFAULT_LIMIT } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { ALERTS } from '../deps.js';
import type { AlertDeps } from '../deps.js';
import { decodeCursor, encodeCursor } from '../reads/page-cursor.js';
import { unknownRule, wrongCursor } from '../reads/refusals.js';
import { pageOfRules, ruleAnswer, ruleOfUser } from './rule-store.js';
import { changeRule, createRule, removeRule } from './set-rule.js';

@Controller()
export class RulesController {
  constructor(@Inject(ALERTS) private readonly deps: AlertDeps) {}

  @RpcMethod(alertsRpc.createAlertRule)
  async create(payload: RequestOf<typeof alertsRpc.createAlertRule>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof alertsRpc.createAlertRule>>> {
    const done = await createRule(this.deps, payload, context);
    return done.ok ? answered(done.value.rule, done.value.positions) : refused(done.error);
  }

  @RpcMethod(alertsRpc.changeAlertRule)
  async change(payload: RequestOf<typeof alertsRpc.changeAlertRule>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof alertsRpc.changeAlertRule>>> {
    const done = await changeRule(this.deps, payload, context);
    return done.ok ? answered(done.value.rule, done.value.positions) : refused(done.error);
  }

  @RpcMethod(alertsRpc.removeAlertRule)
  async remove({ ruleId }: RequestOf<typeof alertsRpc.removeAlertRule>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof alertsRpc.removeAlertRule>>> {
    const done = await removeRule(this.deps, ruleId, userId);
    return done.ok ? answered({ removed: true }, done.value) : refused(done.error);
  }

  @RpcMethod(alertsRpc.getAlertRule)
  async get({ ruleId }: RequestOf<typeof alertsRpc.getAlertRule>, { userId }: RpcContext): Promise<RpcReply<alertsRpc.AlertRule>> {
    const rule = await ruleOfUser(this.deps.database, userId, ruleId);
    return rule ? answered(ruleAnswer(rule)) : refused(unknownRule(ruleId));
  }

  @RpcMethod(alertsRpc.listAlertRules)
  async list({ kind, cursor, limit = DEFAULT_LIMIT }: RequestOf<typeof alertsRpc.listAlertRules>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof alertsRpc.listAlertRules>>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    if (after === null) return refused(wrongCursor('alert rules'));
    const rows = await pageOfRules(this.deps.database, userId, { kind, after, limit });
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return answered({ items: items.map(ruleAnswer), nextCursor: last ? encodeCursor({ at: last.createdAt, id: last.ruleId }) : null });
  }
}
