/** What `main.ts` does: start, run until a signal, stop in order. A configuration error is one clear message, not a stack. */
import { createLogger } from './logger.js';
import { ConfigError } from './config/config.js';
import type { RunningService, ServiceDefinition } from './service-definition.js';

export async function runService(definition: ServiceDefinition): Promise<void> {
  const log = createLogger({ service: definition.name, level: process.env['LOG_LEVEL'] || 'info' });
  let running: RunningService;
  try {
    running = await definition.start(process.env);
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof ConfigError) process.stderr.write(`${definition.name}: ${error.message}\n`);
    else log.fatal({ err: error }, 'could not start');
    return;
  }
  log.info({ port: running.port }, 'ready');
  const signal = await firstSignal();
  log.info({ signal }, 'stopping');
  await running.close();
  log.info('stopped');
}

/** A second signal finds no listener and ends the process at once. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (signal: string) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.removeListener(name, stop);
      resolve(signal);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
