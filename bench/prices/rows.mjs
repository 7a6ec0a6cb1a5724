/** What the bench of prices says, against its aims: at 10,000 users a hit rate above 99 %, 5 cents to start, a twentieth of a cent a day. */
const percent = (rate) => `${(rate * 100).toFixed(2)} %`;

export const pricesRows = ({ sizes }) => sizes.flatMap(({ users, symbols, assetsAUser, start, day, hitRate, storage }) => {
  const aimed = users === 10_000;
  const aim = (text, met) => (aimed ? { aim: text, met } : {});
  return [
    { what: `${users} users, ${assetsAUser} assets each, ${symbols} symbols: lookups that the store answered`, figure: percent(hitRate), beside: `as they arrived ${percent(start.hitRate)}, in the evenings ${percent(day.hitRate)}`, ...aim('> 99 %', hitRate > 0.99) },
    { what: `${users} users: price calls to start`, figure: `$${start.dollarsAUser} a user, ${start.calls} calls`, beside: `${start.seconds} s; ${Object.entries(start.byOperation).map(([name, count]) => `${name} ${count}`).join(', ')}`, ...aim('≤ $0.05', start.dollarsAUser <= 0.05) },
    { what: `${users} users: price calls a day`, figure: `$${day.dollarsAUser} a user, ${day.calls} calls`, beside: `${day.seconds} s an evening; symbol by symbol it were $${day.dollarsAUserSymbolBySymbol}; ${storage.bytesAClose} bytes a stored close`, ...aim('≤ $0.0005', day.dollarsAUser <= 0.0005) },
  ];
});
