/** Answers `POST|DELETE /accounts/{id}/book` and `POST /accounts/{id}/statements`. */
import { Controller, Inject } from '@nestjs/common';
import { reconciliationRpc } from '@tidemark/contracts';
import type { Problem, RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { importBook, removeBook } from './import-book.js';
import { IMPORTS } from './import-deps.js';
import type { Done, ImportDeps } from './import-deps.js';
import { importStatement } from './import-statement.js';

@Controller()
export class ImportsController {
  constructor(@Inject(IMPORTS) private readonly deps: ImportDeps) {}

  @RpcMethod(reconciliationRpc.importBook)
  async importBook(payload: RequestOf<typeof reconciliationRpc.importBook>, context: RpcContext): Promise<RpcReply<reconciliationRpc.Imported>> {
    return replyOf(await importBook(this.deps, context, payload));
  }

  @RpcMethod(reconciliationRpc.removeBook)
  async removeBook({ accountId }: RequestOf<typeof reconciliationRpc.removeBook>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof reconciliationRpc.removeBook>>> {
    return replyOf(await removeBook(this.deps, context, accountId));
  }

  @RpcMethod(reconciliationRpc.importStatement)
  async importStatement(payload: RequestOf<typeof reconciliationRpc.importStatement>, context: RpcContext): Promise<RpcReply<reconciliationRpc.Imported>> {
    return replyOf(await importStatement(this.deps, context, payload));
  }
}

function replyOf<T>(done: Result<Done<T>, Problem>): RpcReply<T> {
  return done.ok ? answered(done.value.value, done.value.positions) : refused(done.error);
}
