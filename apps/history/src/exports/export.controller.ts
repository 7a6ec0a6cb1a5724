/** Answers `GET /portfolio/export`: a whole table as a document, CSV or JSON. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc } from '@tidemark/contracts';
import type { Problem, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { documentOf } from './document.js';
import type { Table } from './document.js';
import { activityTable, gainTable, historyTable } from './load-export.js';

@Controller()
export class ExportController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.exportHistory)
  async export(payload: RequestOf<typeof historyRpc.exportHistory>, context: RpcContext): Promise<RpcReply<historyRpc.Export>> {
    const stale = await isStale(this.reads.database, context.after);
    const { format, of = 'history', ...scope } = payload;
    const asked = { ...scope, userId: context.userId };
    const written = <Row>(table: Result<Table<Row>, Problem>) => (table.ok ? ok(documentOf(format, table.value)) : table);
    const document =
      of === 'activities' ? written(await activityTable(this.reads, asked))
      : of === 'gains' ? written(await gainTable(this.reads, asked))
      : written(await historyTable(this.reads, asked));
    return document.ok ? answered(document.value, { stale }) : refused(document.error);
  }
}
