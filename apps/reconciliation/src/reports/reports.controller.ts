/** Answers `GET /reconciliations/{id}/export`. A run that is still going is told as far as it has come. */
import { Controller, Inject } from '@nestjs/common';
import { problem, reconciliationRpc } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { findReport } from '../reads/runs.js';
import { reportFile } from './report-file.js';

/** Injection token of the database that holds the runs. */
export const REPORTS = Symbol('reports');

@Controller()
export class ReportsController {
  constructor(@Inject(REPORTS) private readonly database: SqlClient) {}

  @RpcMethod(reconciliationRpc.exportReport)
  async export({ reconciliationId, format = 'json' }: RequestOf<typeof reconciliationRpc.exportReport>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof reconciliationRpc.exportReport>>> {
    const report = await findReport(this.database, userId, reconciliationId);
    return report ? answered(reportFile(report, format)) : refused(problem('not_found', 'There is no such reconciliation.'));
  }
}
