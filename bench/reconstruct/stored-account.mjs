/** One account of the bench as the logs would bring it, and the prices of what it holds as the price source would have brought them. */
import { dayOf } from '@tidemark/market';

/** What Plaid calls them. */
const WORDS = { deposit: ['cash', 'deposit'], buy: ['buy', 'buy'], sell: ['sell', 'sell'], dividend: ['cash', 'dividend'] };
const PAGE = 200;
let position = 0;

/** @returns events of the logs `connections` and `sync` about an account with what `given` has (see portfolio.mjs) */
export function eventsOf(given, account, newId) {
  const { userId, accountId, connectionId } = account;
  const of = { userId, accountId, connectionId, provider: 'plaid' };
  const event = (source, type, data) => ({ type, source, userid: userId, epoch: 1, position: (position += 1), time: data.capturedAt ?? '2026-11-20T17:00:00.000Z', data });
  const syncId = newId();
  const [snapshot] = given.snapshots;
  const recorded = given.transactions.map((row) => recordedOf(row, newId()));
  const pages = Array.from({ length: Math.ceil(recorded.length / PAGE) }, (_, at) => recorded.slice(at * PAGE, (at + 1) * PAGE));
  return {
    account,
    connections: [event('connections', 'AccountDiscovered', {
      ...of, institutionId: 'bench', institutionName: 'A bank',
      details: { providerAccountId: accountId, name: 'An account', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' },
      capabilities: { trading: false, realtime: false, positions: true, transactions: true },
    })],
    sync: [
      event('sync', 'BalanceSnapshotCaptured', { ...of, snapshotId: newId(), syncId, capturedAt: snapshot.capturedAt, providerAsOf: null, source: 'initial_connection', currency: 'USD', totals: { balance: null }, balances: snapshot.lines.map(lineOf), providerMetadata: {} }),
      ...pages.map((page, at) => event('sync', 'TransactionsRecorded', { ...of, syncId, page: at + 1, pages: pages.length, transactions: page })),
    ],
  };
}

function lineOf(line) {
  const symbol = line.asset.slice(line.asset.indexOf(':') + 1);
  return { ...line, currency: 'USD', symbol, name: `The ${symbol} company`, identifiers: { providerSecurityId: `plaid-${symbol}` } };
}

/** With an original of the size that Plaid's have. */
function recordedOf({ kind, date, asset, units, cash }, transactionId) {
  const [type, subtype] = WORDS[kind];
  const original = { investment_transaction_id: transactionId, account_id: 'an account of the provider', security_id: asset ?? null, date, name: `${subtype} ${asset ?? ''}`, quantity: units, amount: cash, price: '0', fees: '0', type, subtype, iso_currency_code: 'USD', unofficial_currency_code: null, cancel_transaction_id: null };
  return { transactionId, identity: transactionId, date, providerType: type, providerSubtype: subtype, description: original.name, asset, quantity: units, price: null, fees: null, amount: cash, currency: 'USD', original };
}

/** Closes and symbols of everything that the account holds, as the store of prices keeps them. */
export async function storePrices(database, given) {
  const assets = [...new Set(given.transactions.flatMap(({ asset }) => asset ?? []))];
  const series = assets.map((asset) => ({ asset, symbol: asset.slice(asset.indexOf(':') + 1), prepared: given.closesOf(asset) }));
  const covered = `{[${given.from - 60},${given.to + 1})}`;
  await database.query(`INSERT INTO asset_symbol (asset, status, symbol, kind, currency, method, confidence) SELECT a, 'mapped', s, 'security', 'USD', 'ticker', 1 FROM unnest($1::text[], $2::text[]) AS u(a, s)`, [assets, series.map(({ symbol }) => symbol)]);
  await database.query(`INSERT INTO price_series (symbol, kind, currency, covered, version) SELECT s, 'security', 'USD', $2::int4multirange, 1 FROM unnest($1::text[]) s`, [series.map(({ symbol }) => symbol), covered]);
  for (const { symbol, prepared } of series) {
    for (const [month, closes] of monthsOf(prepared)) await database.query('INSERT INTO price_month (symbol, month, closes) VALUES ($1, $2, $3::numeric[])', [symbol, month, closes]);
  }
}

/** Closes by day of the month; null where there is none. */
function monthsOf({ firstDay, newest, age }) {
  const months = new Map();
  newest.forEach((digits, index) => {
    if (age[index] > 0) return;
    const [year, month, day] = dayOf(firstDay + index).split('-').map(Number);
    const key = year * 12 + month - 1;
    const closes = months.get(key) ?? [];
    while (closes.length < day) closes.push(null);
    closes[day - 1] = `${digits / 10_000n}.${String(digits % 10_000n).padStart(4, '0')}`;
    months.set(key, closes);
  });
  return months;
}
