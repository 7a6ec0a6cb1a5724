/** Every command there is, to be run by main.ts and to be compared with what the documents tell people to type. */
import { Command } from 'commander';
import { runDemo } from './demo/report.js';
import { runFlow } from './demo/run-demo.js';
import { auditCommands } from './operate/audit.js';
import { closeCommands } from './operate/close.js';
import { discrepanciesCommands } from './operate/discrepancies.js';
import { importCommands } from './operate/imports.js';
import { pricesCommands } from './operate/prices.js';
import { reconcileCommands } from './operate/reconcile.js';
import { symbolsCommands } from './operate/symbols.js';
import { readStatus, serviceUrls, statusTable } from './status/service-status.js';

export function tidemark(): Command {
  const program = new Command('tidemark').description('Knows what a portfolio is, was and should be.').showHelpAfterError().version('0.1.0');

  program
    .command('demo')
    .description('link four institutions of the sandbox for a user and follow every step, down to the positions of the events')
    .option('--api <url>', 'where the gateway listens', process.env['TIDEMARK_API_URL'] ?? `http://127.0.0.1:${process.env['GATEWAY_HTTP_PORT'] ?? '3000'}`)
    .option('--sandbox <url>', 'where the sandbox listens', process.env['TIDEMARK_SANDBOX_URL'] ?? `http://127.0.0.1:${process.env['SANDBOX_PORT'] ?? '3100'}`)
    .option('--user <id>', 'an existing user to go on with; a new one is made otherwise')
    .option('--json', 'one JSON document instead of text')
    .action(async (options: { api: string; sandbox: string; user?: string; json?: boolean }) => {
      const where = { apiUrl: trimmed(options.api), sandboxUrl: trimmed(options.sandbox), ...(options.user ? { userId: options.user } : {}) };
      if (options.json) {
        const { token: _secret, ...result } = await runFlow({ ...where, step: () => undefined });
        process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      } else {
        await runDemo({ ...where, out: process.stdout });
      }
    });

  program
    .command('status')
    .description('ask every service whether it is ready; exits with 1 where one is not')
    .option('--at <service=url>', 'where a service listens, if not at its port of this machine (<SERVICE>_HTTP_PORT); may be repeated', (one: string, all: string[]) => [...all, one], [])
    .option('--json', 'one JSON document instead of a table')
    .action(async (options: { at: string[]; json?: boolean }) => {
      const services = await readStatus(serviceUrls(options.at, process.env));
      process.stdout.write(options.json ? `${JSON.stringify({ services }, null, 2)}\n` : `${statusTable(services)}\n`);
      if (services.some(({ status }) => status === 'down')) process.exitCode = 1;
    });

  symbolsCommands(program);
  pricesCommands(program);
  closeCommands(program);
  reconcileCommands(program);
  discrepanciesCommands(program);
  auditCommands(program);
  importCommands(program);
  return program;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
