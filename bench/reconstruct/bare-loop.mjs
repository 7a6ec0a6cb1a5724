/** The least that could be called the same sums: units of every asset × its price, added up day by day, in the same integers. No cash, no text, no reasons. */
export function bareLoop({ from, to, transactions, snapshots, closesOf }) {
  const held = new Map(snapshots[0].lines.filter(({ asset }) => !asset.startsWith('currency:')).map(({ asset, quantity }) => [asset, BigInt(quantity.replace('.', ''))]));
  const moves = new Map();
  for (const { asset, units, date } of transactions) if (asset !== null && units !== '0.000') moves.set(`${asset}${Date.parse(date) / 86_400_000}`, (moves.get(`${asset}${Date.parse(date) / 86_400_000}`) ?? 0n) + BigInt(units.replace('.', '')));
  const sums = new Array(to - from + 1).fill(0n);
  for (const asset of new Set([...held.keys(), ...transactions.map((row) => row.asset).filter((name) => name !== null)])) {
    const { newest, firstDay } = closesOf(asset);
    let units = held.get(asset) ?? 0n;
    for (let day = to; day >= from; day -= 1) {
      sums[day - from] += units * newest[day - firstDay];
      const moved = moves.get(`${asset}${day}`);
      if (moved !== undefined) units -= moved;
    }
  }
  return sums;
}
