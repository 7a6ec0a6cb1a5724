/** The alerts bench as lines of the table. */
const MOST_MS = 250;

export function alertsRows({ rules, rates, steady, bare }) {
  return [
    ...rates.map(({ events, seconds, perSecond, cpuMsPerEvent, raised }) => ({ what: `${events} events at once, ${rules} rules`, figure: `${perSecond}/s`, beside: `${seconds} s, snapshots service included; CPU ms an event: ${shares(cpuMsPerEvent)}; ${raised} alerts raised (none is due)` })),
    {
      what: `event to webhook at ${steady.eachSecond}/s, ${rules} rules`,
      figure: `p50 ${steady.p50} ms, p99 ${steady.p99} ms, max ${steady.max} ms`,
      beside: `${steady.alerts} alerts, ${steady.lost} lost, ${steady.doubled} doubled, ${steady.unexpected} not due; p99 by kind: ${Object.entries(steady.kinds).map(([kind, { p99 }]) => `${kind} ${p99}`).join(', ')}; bare append and post: p50 ${bare.p50}, p99 ${bare.p99} ms`,
      aim: `p99 ≤ ${MOST_MS} ms`,
      met: steady.p99 <= MOST_MS && steady.lost === 0 && steady.doubled === 0 && steady.unexpected === 0,
    },
  ];
}

const shares = (sums) => Object.entries(sums).map(([name, ms]) => `${name} ${ms}`).join(', ');
