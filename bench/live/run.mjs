/**
 * From a trade on the price source's socket to the value on every socket that holds it. Twice a second the symbol that everybody holds trades,
 * beside thirty others a second that a tenth of the users hold each; what counts is every trade × everybody who holds it, at 100, 300 and 1,000
 * sockets. The clients, the ticker and the servers share the machine: a late generator is in every figure, and `lateP99` says how late.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@tidemark/testing';
import { cpuSeconds, measurable, treeOf } from '../measure/processes.mjs';
import { percentile } from '../measure/percentile.mjs';
import { layGround } from './ground.mjs';
import { priceAfter, storeHolders, SYMBOLS, symbolName } from './holders.mjs';
import { Watchers } from './watchers.mjs';

const FULL = { sizes: [100, 300, 1_000], seconds: 6 };
const QUICK = { sizes: [20, 50, 100], seconds: 2 };
const COMMON_PER_SECOND = 2;
const OTHERS_PER_SECOND = 30;
const SEED = 7;

export async function live({ progress, quick }) {
  const { sizes, seconds } = quick ? QUICK : FULL;
  const ground = await layGround();
  const watchers = new Watchers(ground.gateway);
  try {
    await storeHolders(ground.database, sizes.at(-1));
    const market = new Market(ground.ticker, watchers);
    const growth = [];
    for (const sockets of sizes) {
      progress(`live: ${sockets} sockets, ${COMMON_PER_SECOND + OTHERS_PER_SECOND} trades/s for ${seconds} s`);
      await watchers.growTo(sockets);
      await market.run(1);
      growth.push(await measured(ground, watchers, market, sockets, seconds));
    }
    return { commonPerSecond: COMMON_PER_SECOND, othersPerSecond: OTHERS_PER_SECOND, growth };
  } finally {
    await watchers.close();
    await ground.close();
  }
}

async function measured({ pids }, watchers, market, sockets, seconds) {
  Object.assign(watchers, { latencies: [], pushes: 0, measuring: true });
  market.late = [];
  const cpu = () => Object.fromEntries(Object.entries(pids).filter(([, pid]) => measurable && pid !== undefined).map(([name, pid]) => [name, cpuSeconds(treeOf(pid))]));
  const before = cpu();
  const trades = await market.run(seconds);
  const end = performance.now() + 2_000;
  while (watchers.outstanding > 0 && performance.now() < end) await sleep(10);
  const after = cpu();
  watchers.measuring = false;
  const lost = watchers.outstanding;
  const of = (percent) => percentile(watchers.latencies, percent);
  return {
    sockets, trades, pushes: watchers.pushes, pushesPerSecond: Math.round(watchers.pushes / seconds), samples: watchers.latencies.length, lost,
    p50: of(50), p99: of(99), max: of(100), lateP99: percentile(market.late, 99),
    cpuShare: Object.fromEntries(Object.entries(after).map(([name, used]) => [name, Math.round(((used - before[name]) / seconds) * 100) / 100])),
  };
}

/** Trades at a constant rate, each at the instant when it is due. */
class Market {
  ticks = new Array(SYMBOLS).fill(0);
  random = seededRandom(SEED);
  late = [];

  constructor(ticker, watchers) {
    this.ticker = ticker;
    this.watchers = watchers;
  }

  /** @returns how many trades there were */
  async run(seconds) {
    const perSecond = COMMON_PER_SECOND + OTHERS_PER_SECOND;
    const count = perSecond * seconds;
    const start = performance.now();
    for (let index = 0; index < count; index += 1) {
      const due = start + (index * 1_000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      this.late.push(performance.now() - due);
      this.trade(index % (perSecond / COMMON_PER_SECOND) === 0 ? 0 : this.random.int(1, SYMBOLS - 1), due);
    }
    return count;
  }

  trade(symbol, due) {
    this.ticks[symbol] += 1;
    this.watchers.ticked(symbol, due);
    this.ticker.trade(symbolName(symbol), priceAfter(this.ticks[symbol]));
  }
}
