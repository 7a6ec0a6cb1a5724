/**
 * CPU of one reconstruction, pure: no store, no bus, prices prepared. At three sizes each way it can grow, and against a bare loop that
 * multiplies and adds the same units and prices, and does nothing else: what the engine does beyond that is the ratio.
 */
import { reconstruct } from '../../apps/history/dist/reconstruction/reconstruct.js';
import { bareLoop } from './bare-loop.mjs';
import { portfolio } from './portfolio.mjs';

const FULL = { days: 731, assets: 50, transactions: 600 };
const SIZES = [
  { ...FULL, days: 183 },
  { ...FULL, days: 366 },
  FULL,
  { ...FULL, assets: 12 },
  { ...FULL, assets: 200 },
  { ...FULL, transactions: 150 },
  { ...FULL, transactions: 2_400 },
];

export async function reconstructCpu({ progress, quick }) {
  const sizes = [];
  for (const size of quick ? [FULL] : SIZES) {
    progress(`reconstruct: ${size.assets} assets, ${size.transactions} transactions, ${size.days} days`);
    const input = portfolio(size);
    const { days } = reconstruct(input);
    const rounds = quick ? 40 : 200;
    const engine = cpuOf(() => reconstruct(input), rounds);
    const bare = cpuOf(() => bareLoop(input), rounds);
    sizes.push({ ...size, cpuMs: engine, bareMs: bare, ratio: Math.round((engine / bare) * 100) / 100, fullDays: days.filter(({ quality }) => quality === 100).length });
  }
  return { sizes };
}

const BATCHES = 5;

/** CPU of this process in ms a run, user and system, after the engine is warm: the least of a few batches, because whatever else runs only adds. */
function cpuOf(work, rounds) {
  for (let round = 0; round < rounds / 2; round += 1) work();
  const batches = Array.from({ length: BATCHES }, () => {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds / BATCHES; round += 1) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (rounds / BATCHES);
  });
  return Math.round(Math.min(...batches)) / 1_000;
}
