/**
 * `npm start`: everything in one process, a demo user with linked accounts, and a table of what they own. One process,
 * because each further Node costs more memory than all of the services together.
 *
 * Stops on Ctrl-C, SIGTERM, or when whoever started it is gone (the IPC channel closes).
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bold, complain, dim, say, seconds, step } from '../bootstrap/console.mjs';
import { startInstallation } from './installation.mjs';

const started = performance.now() - process.uptime() * 1000;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = resolve(process.env.TIDEMARK_STATE_DIR ?? join(root, '.tidemark'));

/** Resolves at the first request to stop; a second one ends the process where it stands (children have their guards). */
function stopRequested() {
  return new Promise((stop) => {
    let asked = false;
    const ask = (why) => {
      if (asked) process.exit(130);
      asked = true;
      stop(why);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => ask(signal));
    process.once('disconnect', () => asked || ask('whoever started this is gone'));
  });
}

/** The demo user approves links in the sandbox, so there is none where the user brought keys of a provider. */
const demoWanted = ({ TIDEMARK_DEMO, PLAID_CLIENT_ID, SNAPTRADE_CLIENT_ID }) => TIDEMARK_DEMO !== 'off' && !PLAID_CLIENT_ID && !SNAPTRADE_CLIENT_ID;

/** Always the same user, so that a later start goes on with what is linked. */
async function demo({ apiUrl, sandboxUrl }) {
  const { runDemo } = await import('@tidemark/app-ops');
  await step('demo user', () => runDemo({ apiUrl, sandboxUrl, userId: 'demo', verbose: false, out: process.stdout }));
}

function announce({ apiUrl, docsUrl, sandboxUrl, natsUrl }) {
  const line = (what, where) => say(`  ${what.padEnd(12)} ${where}`);
  say('');
  line('API', bold(apiUrl));
  line('Swagger UI', docsUrl);
  line('sandbox', sandboxUrl);
  line('NATS', natsUrl);
  line('state', folder);
  say(`\nready in ${seconds(started)} ${dim('· Ctrl-C stops everything')}`);
}

async function main() {
  const stop = stopRequested();
  const starting = startInstallation({ folder, step });
  // A request to stop that comes while things start is honoured as soon as they have started, in order.
  const installation = await starting;
  try {
    const interrupted = stop.then(() => true);
    const begun = demoWanted(process.env) ? demo(installation) : Promise.resolve();
    if ((await Promise.race([begun.then(() => false), interrupted])) === false) announce(installation);
    process.send?.({ ready: true });
    say(dim(`\nstopping (${await stop})`));
  } finally {
    await installation.stop();
  }
}

try {
  await main();
  process.exitCode = 0;
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
// Whatever a library left ticking must not keep a stopped installation alive.
process.exit();
