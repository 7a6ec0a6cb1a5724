/**
 * The sandbox as a process of its own, set up by its environment: SANDBOX_PORT (3100), SANDBOX_HOST (127.0.0.1),
 * SANDBOX_WORLD (a world's JSON file; default the demo), SANDBOX_STATE (keeps links in this file), SANDBOX_SEED,
 * SANDBOX_PLAID_WEBHOOK and SANDBOX_SNAPTRADE_WEBHOOK (where webhooks go), and
 * SANDBOX_PLAID_CLIENT_ID, SANDBOX_PLAID_SECRET, SANDBOX_SNAPTRADE_CLIENT_ID, SANDBOX_SNAPTRADE_CONSUMER_KEY, SANDBOX_FMP_API_KEY.
 */
import { pino } from 'pino';
import { startSandbox } from './app.js';
import { optionsFrom } from './config.js';

const log = pino({ name: 'sandbox' });
try {
  const running = await startSandbox({
    ...optionsFrom(process.env),
    log: {
      info: (message, details) => log.info(details ?? {}, message),
      warn: (message, details) => log.warn(details ?? {}, message),
      error: (message, details) => log.error(details ?? {}, message),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close().then(() => process.exit(0)));
  }
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
