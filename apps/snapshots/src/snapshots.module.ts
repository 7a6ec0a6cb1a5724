import { AccountSnapshotsController } from './reads/account-snapshots.controller.js';
import { AssetController } from './reads/asset.controller.js';
import { PortfolioController } from './reads/portfolio.controller.js';
import { READS } from './reads/read-context.js';
import type { Reads } from './reads/read-context.js';

class SnapshotsModule {}

/** What answers requests, around the given database, clock and rates. */
export function snapshotsModule(reads: Reads) {
  return { module: SnapshotsModule, controllers: [PortfolioController, AccountSnapshotsController, AssetController], providers: [{ provide: READS, useValue: reads }] };
}
