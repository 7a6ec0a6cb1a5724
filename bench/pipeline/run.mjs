/** Snapshots captured, committed, relayed, projected in two services: as a rate and as a ratio to a bare loop in the same run. */
import { bareRate } from './bare-loop.mjs';
import { layGround } from './ground.mjs';
import { visibleLatency } from './latency.mjs';
import { spineRate } from './spine-rate.mjs';

const WIDTH = 64;
const SIZES = [4_000, 8_000, 16_000];

export async function pipeline({ progress, quick }) {
  const ground = await layGround();
  try {
    const rates = [];
    for (const perAppend of [1, 4, 16]) {
      for (const events of quick ? [2_000] : perAppend === 4 ? SIZES : [8_000]) {
        progress(`pipeline: ${events} events, ${perAppend} an append`);
        const shape = { events, perAppend, width: WIDTH };
        // Both orders, so that neither side always finds the machine as the other left it.
        const [bare1, spine1] = [await bareRate(ground, shape), await spineRate(ground, shape)];
        const [spine2, bare2] = [await spineRate(ground, shape), await bareRate(ground, shape)];
        const spine = Math.round((spine1.perSecond + spine2.perSecond) / 2);
        const bare = Math.round((bare1.perSecond + bare2.perSecond) / 2);
        rates.push({ perAppend, events, spine, bare, ratio: Math.round((spine / bare) * 100) / 100, spineCommitted: Math.round((spine1.committedPerSecond + spine2.committedPerSecond) / 2) });
      }
    }
    progress('pipeline: commit to visible at 500 events/s');
    const latency = await visibleLatency(ground, { perSecond: 500, seconds: quick ? 3 : 10 });
    return { rates, latency };
  } finally {
    await ground.close();
  }
}
