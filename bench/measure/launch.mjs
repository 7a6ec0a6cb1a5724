/** Starts scripts as processes that cannot outlive us, and waits until each answers. */
import { join } from 'node:path';
import { freePort, startChild, waitUntil } from '@tidemark/testing';

/** @param {string} folder for their logs @param {(() => Promise<unknown>)[]} stops gets how to end each */
export function launcher(folder, stops) {
  return async (name, script, portVariable, health, env) => {
    const port = await freePort();
    const inherited = { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' };
    const child = startChild(process.execPath, [script], { logFile: join(folder, `${name}.log`), stopSignal: 'SIGTERM', spawn: { env: { ...inherited, ...env, [portVariable]: String(port) } } });
    stops.push(() => child.stop('SIGTERM'));
    const url = `http://127.0.0.1:${port}`;
    await waitUntil(async () => !child.running() || (await answers(`${url}${health}`)), { timeoutMs: 60_000, describe: () => `${name} to be ready; it said:\n${child.logTail()}` });
    if (!child.running()) throw new Error(`${name} ended; it said:\n${child.logTail()}`);
    return { url, pid: child.pid };
  };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // it does not listen yet, so it is asked again
  }
}
