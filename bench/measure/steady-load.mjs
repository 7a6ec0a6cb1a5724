/**
 * Requests at a constant rate, whether or not the earlier ones have been answered. Latency is counted from the moment at which a
 * request was due, not from when it could be sent: a server that stalls is charged for everybody who would have come meanwhile.
 */
import { Agent, request } from 'node:http';
import { percentile } from './percentile.mjs';

/**
 * @param {{ requests: { url: string, headers?: object }[], perSecond: number }} load the requests in their order
 * @returns {Promise<{ latencies: number[], late: number[], errors: string[], bytes: number, seconds: number }>} milliseconds
 */
export async function steadyLoad({ requests, perSecond }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const taken = { latencies: [], late: [], errors: [], bytes: 0, seconds: 0 };
  const start = performance.now() + 5;
  const under = [];
  for (let at = 0; at < requests.length; ) {
    const wait = start + (at * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    for (; at < requests.length && start + (at * 1000) / perSecond <= performance.now(); at += 1) under.push(measured(requests[at], agent, start + (at * 1000) / perSecond, taken));
  }
  await Promise.all(under);
  taken.seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return taken;
}

async function measured({ url, headers }, agent, due, taken) {
  taken.late.push(performance.now() - due);
  try {
    const { status, bytes, text } = await get(url, headers, agent);
    taken.bytes += bytes;
    if (status !== 200) taken.errors.push(`${status} ${text.slice(0, 200)}`);
  } catch (error) {
    taken.errors.push(String(error));
  }
  // One that failed is no fast one: it counts with the others.
  taken.latencies.push(performance.now() - due);
}

function get(url, headers, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers, timeout: 30_000 }, (answer) => {
      const parts = [];
      let bytes = 0;
      answer.on('data', (part) => {
        bytes += part.length;
        // Whole answers are counted and let go: putting them together would take time from the processes that are measured.
        if (answer.statusCode !== 200) parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, bytes, text: Buffer.concat(parts).toString() }));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in 30 s')));
    sent.on('error', reject);
    sent.end();
  });
}

/** Several runs of the same load as one set of figures. `lateP99`: how late the generator itself was, which is in every latency. */
export function figures(runs) {
  const all = (pick) => runs.flatMap(pick);
  const count = all((run) => run.latencies).length;
  const errors = all((run) => run.errors);
  return {
    p50: percentile(all((run) => run.latencies), 50),
    p99: percentile(all((run) => run.latencies), 99),
    max: percentile(all((run) => run.latencies), 100),
    perSecond: Math.round((count / runs.reduce((sum, run) => sum + run.seconds, 0)) * 10) / 10,
    requests: count,
    errors: errors.length,
    ...(errors.length > 0 ? { firstError: errors[0] } : {}),
    answerBytes: Math.round(runs.reduce((sum, run) => sum + run.bytes, 0) / count),
    lateP99: percentile(all((run) => run.late), 99),
  };
}
