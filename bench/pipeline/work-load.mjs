/** Snapshots as a sync makes them: an account of ten lines, about two kilobytes. The same for the product and for the bare loop. */
import { uuidV7 } from '@tidemark/kernel';

const LINES = Array.from({ length: 10 }, (_, at) => ({
  asset: at === 0 ? 'currency:USD' : `equity:BENCH${at}`,
  quantity: `${100 + at}.5`,
  name: `Bench Holding ${at}`,
  symbol: `BENCH${at}`,
  currency: 'USD',
  price: `${10 + at}.25`,
  value: '1234.5678',
  costBasis: '1000.01',
}));

export const USERS = 200;

export function newId() {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}

export function snapshotEvent(userId, accountId) {
  const id = newId();
  const time = new Date().toISOString();
  return {
    id,
    type: 'BalanceSnapshotCaptured',
    time,
    data: {
      snapshotId: id, userId, connectionId: accountId, accountId, provider: 'snaptrade', syncId: null, capturedAt: time, providerAsOf: null, source: 'scheduled_sync', currency: 'USD',
      totals: { balance: '12345.67' }, balances: LINES, providerMetadata: { institution: 'bench' },
    },
  };
}

/** Appends of `perAppend` events each, spread over users; a user has one account, and an account is a stream. */
export function appends(events, perAppend) {
  const accounts = Array.from({ length: USERS }, () => newId());
  return Array.from({ length: Math.ceil(events / perAppend) }, (_, at) => {
    const userId = `bench-user-${at % USERS}`;
    const accountId = accounts[at % USERS];
    return { userId, stream: `account-${accountId}`, events: Array.from({ length: perAppend }, () => snapshotEvent(userId, accountId)) };
  });
}

/** Runs `work` over the items with so many at once. */
export async function atOnce(items, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < items.length) await work(items[next++]);
  }));
}
