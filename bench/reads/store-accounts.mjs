/**
 * Fills the read models of the snapshots service through its own projections (`accounts`, `balances`), batch by batch as the
 * worker would, and sets their checkpoints behind what was stored. Only the way there (log, relay, bus) is left out: the bench
 * `pipeline` measures that.
 */
import { accounts } from '../../apps/snapshots/dist/projections/accounts/project.js';
import { balances } from '../../apps/snapshots/dist/projections/balances/project.js';
import { DEFAULT_PARTITIONS, partitionOf } from '@tidemark/event-log';
import { newId } from '@tidemark/service';

export const ACCOUNTS_PER_USER = 4;
const SNAPSHOTS_PER_ACCOUNT = 2;
const USERS_PER_BATCH = 100;
const ASSETS = 400;
const DAY = 86_400_000;

export const userId = (number) => `bench-user-${number}`;

/** The read models, filled as far as asked. */
export class StoredAccounts {
  /** log → the last position of each partition */
  last = { sync: new Array(DEFAULT_PARTITIONS).fill(0), connections: new Array(DEFAULT_PARTITIONS).fill(0) };
  users = 0;

  constructor(database) {
    this.database = database;
  }

  /** @param {number} count accounts that there shall be in all */
  async growTo(count, progress) {
    const users = count / ACCOUNTS_PER_USER;
    const from = this.users;
    while (this.users < users) {
      const batch = Array.from({ length: Math.min(USERS_PER_BATCH, users - this.users) }, (_, at) => this.eventsOf(this.users + at));
      await this.database.transaction(async (tx) => {
        await accounts.apply(tx, batch.flatMap((of) => of.discovered));
        await balances.apply(tx, batch.flatMap((of) => of.captured));
        await this.moveCheckpoints(tx);
      });
      this.users += batch.length;
      if ((this.users - from) % 5_000 === 0) progress(`reads: ${this.users * ACCOUNTS_PER_USER} of ${count} accounts stored`);
    }
  }

  eventsOf(number) {
    const user = userId(number);
    const held = Array.from({ length: ACCOUNTS_PER_USER }, (_, at) => ({ accountId: newId(), connectionId: newId(), provider: at % 2 === 0 ? 'snaptrade' : 'plaid', name: `Account ${at}` }));
    return {
      discovered: held.map((account) => this.event('connections', user, 'AccountDiscovered', Date.now() - 3 * DAY, discovery(user, account))),
      captured: held.flatMap((account, at) =>
        // One before the last close and one of now, so that the change of the day is computed from two of them.
        Array.from({ length: SNAPSHOTS_PER_ACCOUNT }, (_, age) => {
          const time = Date.now() - (SNAPSHOTS_PER_ACCOUNT - 1 - age) * 2 * DAY;
          return this.event('sync', user, 'BalanceSnapshotCaptured', time, snapshot(user, account, time, linesOf(number, at, age)));
        })),
    };
  }

  event(log, user, type, time, data) {
    const partition = partitionOf(user, DEFAULT_PARTITIONS);
    const position = (this.last[log][partition] += 1);
    const at = new Date(time).toISOString();
    return { id: newId(), source: log, type, userid: user, time: at, recordedtime: at, partition, position, epoch: 1, data };
  }

  async moveCheckpoints(tx) {
    for (const log of ['sync', 'connections']) {
      await tx.query(
        `UPDATE projection.checkpoint c SET position = w.position, updated_at = now()
         FROM unnest($2::int[], $3::bigint[]) w(partition, position) WHERE c.log = $1 AND c.partition = w.partition`,
        [log, this.last[log].map((_, partition) => partition), this.last[log]]);
    }
  }
}

function discovery(user, { accountId, connectionId, provider, name }) {
  return {
    userId: user, connectionId, accountId, provider, institutionId: 'bench', institutionName: 'Bench Brokerage',
    details: { providerAccountId: accountId, name, officialName: null, type: 'investment', subtype: 'brokerage', mask: '1234', numberHash: null, currency: 'USD' },
    capabilities: { trading: provider === 'snaptrade', realtime: provider === 'snaptrade', positions: true, transactions: true },
  };
}

function snapshot(user, { accountId, connectionId, provider }, time, balances) {
  return {
    snapshotId: newId(), userId: user, connectionId, accountId, provider, syncId: null, capturedAt: new Date(time).toISOString(), providerAsOf: null,
    source: 'scheduled_sync', currency: 'USD', totals: { balance: null }, balances, providerMetadata: { institution: 'bench' },
  };
}

/** Cash and nine positions; the accounts of a user hold some of the same, so that there is something to consolidate. */
function linesOf(number, account, age) {
  const cash = { asset: 'currency:USD', quantity: `${1_000 + (number % 900)}.25`, currency: 'USD' };
  return [cash, ...Array.from({ length: 9 }, (_, at) => {
    const asset = (number * 7 + account * 5 + at) % ASSETS;
    const price = `${20 + asset}.${25 + age}`;
    return {
      asset: `equity:US${String(asset).padStart(4, '0')}`, quantity: `${1 + ((number + at) % 300)}.5`, name: `Bench Holding ${asset}`, symbol: `B${asset}`,
      currency: 'USD', price, value: null, costBasis: `${1_000 + asset}.01`, identifiers: { providerSecurityId: `sec-${asset}` },
    };
  })];
}
