/**
 * An account to reconstruct, of a size: deposits, buys, sells and dividends of so many assets over so many days, prices of every trading
 * day at four digits, and the snapshot at its end. Its whole life is known, so every day has to come out at full quality. Numbers come
 * from a fixed seed, so that every run measures the same.
 */
const DAY = 86_400_000;
const TO = Date.UTC(2026, 10, 20) / DAY;

/** @returns a ReconstructionInput */
export function portfolio({ days, assets, transactions, seed = 1 }) {
  const random = generator(seed);
  const from = TO - days + 1;
  const names = Array.from({ length: assets }, (_, index) => `equity:T${index}`);
  const closes = new Map(names.map((asset) => [asset, closesOf(asset, from, days, random)]));
  const account = { units: new Map(), cash: 0n, rows: [], basis: new Map() };
  record(account, from, { kind: 'deposit', cash: 10_000_000_00n, external: true });
  for (let index = 1; index < transactions; index += 1) {
    const day = from + Math.floor((index * (days - 1)) / transactions);
    transact(account, names[index % assets], day, closes, random);
  }
  const lines = [{ asset: 'currency:USD', quantity: text(account.cash, 2) }, ...names.filter((asset) => account.units.get(asset)).map((asset) => ({ asset, quantity: text(account.units.get(asset), 3), currency: 'USD', price: text(closes.get(asset).newest.at(-1), 4), costBasis: '1' }))];
  const snapshot = { snapshotId: 's', capturedAt: new Date(TO * DAY + 17 * 3_600_000).toISOString(), day: TO, calendarDay: TO, currency: 'USD', lines };
  return { accountId: 'a', currency: 'USD', from, to: TO, snapshots: [snapshot], transactions: account.rows, wholeFrom: from, closesOf: (asset) => closes.get(asset) ?? null };
}

/** Buys three times, sells a part, then a dividend; whole thousandths of a share, whole cents. */
function transact(account, asset, day, closes, random) {
  const choice = Math.floor(random() * 5);
  const held = account.units.get(asset) ?? 0n;
  const price = closes.get(asset).newest[day - closes.get(asset).firstDay];
  if (choice === 4) return record(account, day, { kind: 'dividend', asset, cash: BigInt(1 + Math.floor(random() * 20_000)) });
  const sells = choice === 3 && held > 1_000n;
  const units = sells ? -(held / 3n) : BigInt(1_000 + Math.floor(random() * 20_000));
  record(account, day, { kind: sells ? 'sell' : 'buy', asset, units, cash: -(units * price) / 100_000n });
}

function record(account, day, { kind, asset = null, units = 0n, cash, external = false }) {
  account.cash += cash;
  if (asset !== null) account.units.set(asset, (account.units.get(asset) ?? 0n) + units);
  account.rows.push({ transactionId: `t${account.rows.length}`, provider: 'plaid', kind, date: new Date(day * DAY).toISOString().slice(0, 10), at: null, asset, units: text(units, 3), cash: text(cash, 2), currency: 'USD', fees: null, price: null, external, transfer: external, pending: false, doubts: [], providerType: kind, providerSubtype: null, description: null });
}

/** A close on every weekday, carried over weekends; as the price book prepares them. */
function closesOf(symbol, from, days, random) {
  const firstDay = from - 10;
  const length = days + 10;
  const newest = [];
  const age = new Int16Array(length);
  let price = 50 + random() * 400;
  for (let index = 0; index < length; index += 1) {
    const weekend = (((firstDay + index + 3) % 7) + 7) % 7 >= 5;
    if (!weekend || index === 0) price *= 0.98 + random() * 0.0402;
    newest.push(weekend && index > 0 ? newest[index - 1] : BigInt(Math.round(price * 10_000)));
    age[index] = weekend && index > 0 ? age[index - 1] + 1 : 0;
  }
  return { symbol, currency: 'USD', firstDay, scale: 4, newest, age, splits: [] };
}

function text(digits, scale) {
  const sign = digits < 0n ? '-' : '';
  const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${sign}${plain.slice(0, -scale)}.${plain.slice(-scale)}`;
}

/** Mulberry32: whole numbers to fractions of one, the same on every machine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
