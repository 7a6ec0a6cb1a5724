import { Controller, Inject } from '@nestjs/common';
import { snapshotsRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, RpcMethod } from '@tidemark/service';
import { describeAsset } from '../asset/describe-asset.js';
import { readNewestLine } from '../projections/balances/query-asset.js';
import { isStale, READS } from './read-context.js';
import type { Reads } from './read-context.js';

/** Answers what an asset is, as far as its id and the user's own snapshots tell. */
@Controller()
export class AssetController {
  constructor(@Inject(READS) private readonly reads: Reads) {}

  @RpcMethod(snapshotsRpc.getAsset)
  async asset({ assetId }: RequestOf<typeof snapshotsRpc.getAsset>, context: RpcContext): Promise<RpcReply<snapshotsRpc.Asset>> {
    const stale = await isStale(this.reads.database, context.after);
    return answered(describeAsset(assetId, await readNewestLine(this.reads.database, context.userId, assetId)), { stale });
  }
}
