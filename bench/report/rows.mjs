/** A bench's result as lines of the table, each with the aim of the project where it has one. `met` is null where there is none. */

import { alertsRows } from '../alerts/rows.mjs';
import { pricesRows } from '../prices/rows.mjs';
import { reconcileRows } from '../reconcile/rows.mjs';

/** @param {string} name @param {any} result @returns {{ bench: string, what: string, figure: string, beside: string, aim: string, met: boolean | null }[]} */
export function rowsOf(name, result) {
  return ROWS[name](result).map((row) => ({ bench: name, beside: '', aim: '', met: null, ...row }));
}

const ROWS = {
  pipeline: ({ rates, latency }) => [...rates.map(rateRow), ...latencyRows(latency)],
  reads: ({ endpoints, growth }) => [...endpoints.flatMap(endpointRows), ...growth.map(growthRow)],
  prices: pricesRows,
  start: (result) => [...startRows(result), ...memoryRows(result.memory)],
  live: ({ growth }) => growth.map(liveRow),
  reconstruct: ({ sizes }) => sizes.map(reconstructRow),
  reconstructions: ({ sizes }) => sizes.map(storedRow),
  close: closeRows,
  reconcile: reconcileRows,
  alerts: alertsRows,
  history: historyRows,
};

const LIVE = { sockets: 1_000, mostMs: 100 };

function liveRow({ sockets, p50, p99, max, samples, lost, pushesPerSecond, lateP99, cpuShare }) {
  const share = Object.entries(cpuShare).map(([process, cores]) => `${process} ${cores}`).join(', ');
  return {
    what: `trade to push, ${sockets} live sockets`,
    figure: `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
    beside: `${samples} trades × holders, ${lost} lost, ${pushesPerSecond} pushes/s, generator late p99 ${lateP99} ms; cores: ${share}`,
    ...(sockets === LIVE.sockets ? { aim: `p99 ≤ ${LIVE.mostMs} ms`, met: p99 <= LIVE.mostMs && lost === 0 } : {}),
  };
}

const MOST_CPU_MS = 5;

function reconstructRow({ days, assets, transactions, cpuMs, bareMs, ratio, fullDays }) {
  const aimed = days === 731 && assets === 50 && transactions === 600;
  return {
    what: `reconstruct ${days} days, ${assets} assets, ${transactions} transactions`,
    figure: `${cpuMs} ms CPU, × ${ratio}`,
    beside: `bare multiplications ${bareMs} ms; ${fullDays} of ${days} days at full quality`,
    ...(aimed ? { aim: `≤ ${MOST_CPU_MS} ms`, met: cpuMs <= MOST_CPU_MS } : {}),
  };
}

const LEAST_PORTFOLIOS = 60;

function storedRow({ days, assets, transactions, workers, portfoliosPerSecond, nodeCpuMs, postgresCpuMs, accounts, notFull }) {
  const aimed = days === 731 && assets === 50 && transactions === 600;
  return {
    what: `reconstruct and store ${accounts} accounts: ${days} days, ${assets} assets, ${transactions} transactions each`,
    figure: `${portfoliosPerSecond}/s, ${workers} workers`,
    beside: `CPU an account: workers ${nodeCpuMs} ms, Postgres ${postgresCpuMs} ms; ${notFull} accounts not at full quality`,
    ...(aimed ? { aim: `≥ ${LEAST_PORTFOLIOS}/s`, met: portfoliosPerSecond >= LEAST_PORTFOLIOS } : {}),
  };
}

const LEAST_RATIO = 0.8;

function rateRow({ perAppend, events, spine, bare, ratio }) {
  const aimed = perAppend === 4 || perAppend === 16;
  return {
    what: `${events} events, ${perAppend} an append: captured to projected in two services`,
    figure: `${spine}/s, ratio ${ratio}`,
    beside: `bare loop ${bare}/s`,
    ...(aimed ? { aim: `ratio ≥ ${LEAST_RATIO}`, met: ratio >= LEAST_RATIO } : {}),
  };
}

const AIMED_RATE = 500;

function latencyRows({ perSecond, p50, p99, samples }) {
  // A rate that was not reached was not measured.
  const reached = perSecond >= AIMED_RATE * 0.98;
  const row = (title, value, most) => ({ what: `commit to visible, ${title}`, figure: `${value} ms`, beside: `at ${perSecond}/s, ${samples} samples`, aim: `≤ ${most} ms at ${AIMED_RATE}/s`, met: reached && value <= most });
  return [row('p50', p50, 15), row('p99', p99, 60)];
}

function endpointRows({ path, accounts, product, bare, ratioP50, ratioP99 }) {
  const text = (side) => `p50 ${side.p50} ms, p99 ${side.p99} ms at ${side.perSecond}/s, ${side.errors} errors`;
  return [
    { what: `GET ${path}, ${accounts} accounts stored`, figure: text(product), beside: `bare route ${text(bare)}` },
    { what: `GET ${path}, against the bare route`, figure: `p50 × ${ratioP50}, p99 × ${ratioP99}`, beside: cpuOf(product, bare) },
  ];
}

/** Where the machine is busy, latency is a queue for its cores: what a request takes of them says which. */
function cpuOf(product, bare) {
  const taken = ({ cpuMsPerRequest }, processes) => processes.filter((process) => cpuMsPerRequest[process] !== undefined).map((process) => `${process} ${cpuMsPerRequest[process]}`).join(', ');
  const text = `CPU ms a request: ${taken(product, ['gateway', 'snapshots', 'nats', 'postgres'])}; bare ${taken(bare, ['bare', 'postgres'])}`;
  return Object.keys(product.cpuMsPerRequest).length > 0 ? text : '';
}

function growthRow({ accounts, product }) {
  return { what: `GET /portfolio/value, ${accounts} accounts stored`, figure: `p50 ${product.p50} ms, p99 ${product.p99} ms`, beside: `at ${product.perSecond}/s, ${product.errors} errors` };
}

const startRows = ({ first, second }) => [
  { what: 'npm start to ready, empty state folder', figure: `${first.seconds} s`, beside: stepsOf(first) },
  { what: 'npm start to ready, second start', figure: `${second.seconds} s`, beside: stepsOf(second) },
];

const stepsOf = ({ steps }) => steps.filter(({ seconds }) => seconds >= 0.5).map(({ title, seconds }) => `${title} ${seconds} s`).join(', ');

const MOST_MB = 450;

function memoryRows(memory) {
  if (memory.unknown) return [{ what: 'memory at rest without Postgres', figure: 'unknown', beside: memory.unknown, aim: `≤ ${MOST_MB} MB` }];
  const row = (what, figure) => ({ what, figure: `${figure} MB`, aim: `≤ ${MOST_MB} MB`, met: figure <= MOST_MB });
  return [
    { ...row(`memory at rest without Postgres, ${memory.processes.length} processes (PSS)`, memory.pssMb), beside: memory.processes.filter(({ pssMb }) => pssMb >= 1).map(({ name, pssMb }) => `${name} ${pssMb}`).join(', ') },
    { ...row('the same, counting shared pages once a process (RSS)', memory.rssMb), beside: memory.processes.filter(({ rssMb }) => rssMb >= 5).map(({ name, rssMb }) => `${name} ${rssMb}`).join(', ') },
  ];
}

const MOST_MINUTES = 10;

function closeRows({ results, minutesForAMillion, bytesPerOpenDay }) {
  const rows = results.map(({ accounts, seconds, perSecond }) => ({ what: `end of day, ${accounts} accounts of 10 positions`, figure: `${seconds} s`, beside: `${perSecond} accounts/s` }));
  return [...rows, { what: 'end of day, 1,000,000 accounts, from the largest', figure: `${minutesForAMillion} min`, beside: `${bytesPerOpenDay} bytes a day of an open month`, aim: `≤ ${MOST_MINUTES} min`, met: minutesForAMillion <= MOST_MINUTES }];
}

const MOST_HISTORY_MS = 25;

function historyRows({ perSecond, results, longest, bytes }) {
  const spent = (side) => Object.entries(side.cpuMs).map(([name, ms]) => `${name} ${ms}`).join(', ');
  const text = (side) => `p50 ${side.p50} ms, p99 ${side.p99} ms at ${side.perSecond}/s, ${side.errors} errors`;
  const rows = results.map(({ days, product, bare }, at) => ({
    what: `GET /portfolio/history, all periods, ${days} account-days stored`, figure: text(product), beside: `bare route ${text(bare)}; CPU ms a request: ${spent(product)}; bare: ${spent(bare)}`,
    ...(at === results.length - 1 ? { aim: `p99 ≤ ${MOST_HISTORY_MS} ms at ${perSecond}/s`, met: product.p99 <= MOST_HISTORY_MS && product.errors === 0 && product.perSecond >= perSecond * 0.98 } : {}),
  }));
  return [...rows, { what: 'GET /portfolio/history, ALL only', figure: text(longest), beside: `CPU ms a request: ${spent(longest)}; ${bytes.perClosedDay} bytes a day of a closed month, ${bytes.perOpenDay} of an open one` }];
}
