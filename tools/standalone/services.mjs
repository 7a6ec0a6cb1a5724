/** Starts every service in this one process, and stops them in the opposite order. A service that is not there fails clearly. */
import { Plain } from '../bootstrap/console.mjs';

/** In the order in which they start: whoever is called comes before its callers. */
export const SERVICES = ['connections', 'sync', 'snapshots', 'history', 'reconciliation', 'alerts', 'gateway'];

/**
 * @param {Record<string, Record<string, string | undefined>>} environments
 * @param {(name: string) => Promise<{ service?: { name: string, start(env: object): Promise<{ name: string, port: number, close(): Promise<void> }> } }>} load
 * @param {(progress: string) => void} progress
 */
export async function startServices(environments, load, progress) {
  const running = [];
  try {
    for (const name of SERVICES) {
      progress(name);
      const { service } = await load(name);
      if (!service) throw new Plain(`@tidemark/app-${name} exports no "service"`);
      running.push(await started(service, environments[name]));
    }
  } catch (error) {
    await stopServices(running);
    throw error;
  }
  return running;
}

async function started(service, env) {
  try {
    return await service.start(env);
  } catch (error) {
    // A wrong setting is the user's to correct: its message says which; anything else keeps its stack.
    if (error?.constructor?.name === 'ConfigError' || error?.code === 'EADDRINUSE') throw new Plain(`${service.name}: ${error.message}`);
    throw new Error(`${service.name} did not start: ${error?.message ?? error}`, { cause: error });
  }
}

/**
 * Stops all of them: first the last started, which takes requests in, then its callees together, each of which waits for its own leases and
 * for the bus. One that cannot stop does not keep the others running.
 */
export async function stopServices(running) {
  const [edge, ...behind] = [...running].reverse();
  const failures = [];
  const stop = async (service) => {
    try {
      await service.close();
    } catch (error) {
      failures.push(new Error(`${service.name}: ${error?.message ?? error}`, { cause: error }));
    }
  };
  if (edge) await stop(edge);
  await Promise.all(behind.map(stop));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
