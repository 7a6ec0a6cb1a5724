/** `tidemark reconcile run|list|show`: compares what accounts should hold with what their providers say. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { reconciliationRpc, ResponseOf } from '@tidemark/contracts';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { ApiProblem, Unreachable } from '../api-client.js';
import type { ApiClient } from '../api-client.js';
import { reportText, runsText } from './report-text.js';
import { show } from './show.js';
import { readTolerance } from './tolerance.js';
import { userClient, userCommand } from './user.js';
import type { UserOptions } from './user.js';

type Report = reconciliationRpc.Report;
type RunSummary = reconciliationRpc.RunSummary;

/** As `diff` has it, so that scripts can tell them apart. */
const EXIT: Readonly<Partial<Record<RunSummary['status'], number>>> = { discrepant: 1, partial: 2, failed: 2 };
const TROUBLE = 2;
const FIRST_POLL_MS = 200;
const LAST_POLL_MS = 2_000;
/** Half a minute of them. */
const PATIENCE = 15;

interface RunOptions extends UserOptions {
  readonly account: readonly string[];
  readonly tolerance?: string;
  readonly wait?: boolean;
  readonly all?: boolean;
}

export function reconcileCommands(program: Command): void {
  const reconcile = program.command('reconcile').description('compare what accounts should hold with what their providers say');
  userCommand(reconcile, 'run', 'start a comparison, or join the one that is going on; with --wait, exits with 1 where something differs and with 2 where not everything could be compared')
    .option('--account <id>', 'only this account; may be repeated', (one: string, all: readonly string[]) => [...all, one], [])
    .option('--tolerance <json|file>', 'how far apart quantities may be this time; what it leaves out is as configured')
    .option('--wait', 'follow it to its end and show the report')
    .option('--all', 'show what agrees too')
    .action(async (options: RunOptions) => {
      try {
        await run(options);
      } catch (error) {
        process.exitCode = TROUBLE;
        throw error;
      }
    });
  userCommand(reconcile, 'list', 'comparisons, newest first')
    .option('--limit <count>', 'how many', wholeNumber, 20)
    .option('--status <status>', 'only those that are queued, running, matched, discrepant, partial or failed')
    .action(async (options: UserOptions & { limit: number; status?: string }) => {
      const { body } = await (await userClient(options)).get<ResponseOf<typeof reconciliationRpc.listReconciliations>>(`/reconciliations?limit=${options.limit}${options.status ? `&status=${encodeURIComponent(options.status)}` : ''}`);
      show(body, options, () => runsText(body.items));
    });
  userCommand(reconcile, 'show', 'the report of one')
    .argument('<id>', 'of the reconciliation')
    .addOption(new Option('--format <format>', 'table, or a file on standard output').choices(['table', 'csv', 'json']).default('table'))
    .option('--all', 'show what agrees too')
    .action(showOne);
}

async function run(options: RunOptions): Promise<void> {
  const client = await userClient(options);
  const tolerance = options.tolerance === undefined ? {} : { tolerance: await readTolerance(options.tolerance) };
  const { body } = await client.post<ResponseOf<typeof reconciliationRpc.startReconciliation>>('/reconciliations', { ...(options.account.length > 0 ? { accountIds: options.account } : {}), ...tolerance });
  const begun = body.joined ? `Reconciliation ${body.id} of the same accounts was going on already, with its own tolerance: joined.` : `Reconciliation ${body.id} has begun.`;
  if (!options.wait) return show(body, options, () => `${begun} See it with: tidemark reconcile show ${body.id}${options.user === undefined ? '' : ` --user ${options.user}`}`);
  process.stderr.write(`${begun}\n`);
  const report = await ended(client, body.id, (line) => process.stderr.write(`${line}\n`));
  show(report, options, () => reportText(report, options.all));
  process.exitCode = EXIT[report.status] ?? 0;
}

/** Follows a run, and says when it has come further. It ends by itself: each of its parts has a limited time and number of tries. */
async function ended(client: ApiClient, id: string, progress: (line: string) => void): Promise<Report> {
  let told = '';
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LAST_POLL_MS, waitMs * 1.5)) {
    const body = await reportOf(client, id);
    if (body.status !== 'queued' && body.status !== 'running') return body;
    const line = `${body.status}: ${body.progress.done} of ${body.progress.accounts} account(s)`;
    if (line !== told) progress(line);
    told = line;
    await sleep(waitMs);
  }
}

/** A gateway that is started anew meanwhile does not end the run, and need not end the watching of it. */
async function reportOf(client: ApiClient, id: string): Promise<Report> {
  for (let failed = 0; ; failed += 1) {
    try {
      return (await client.get<Report>(`/reconciliations/${id}`)).body;
    } catch (error) {
      const passing = error instanceof Unreachable || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429));
      if (!passing || failed === PATIENCE) throw error;
      await sleep(LAST_POLL_MS);
    }
  }
}

async function showOne(id: string, options: UserOptions & { format: 'table' | 'csv' | 'json'; all?: boolean }): Promise<void> {
  const client = await userClient(options);
  const path = `/reconciliations/${encodeURIComponent(id)}`;
  const format = options.json ? 'json' : options.format;
  if (format !== 'table') return void process.stdout.write(await client.text(`${path}/export?format=${format}`));
  const { body } = await client.get<Report>(path);
  process.stdout.write(`${reportText(body, options.all)}\n`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 500) throw new InvalidArgumentError('a whole number of 1 to 500 is accepted');
  return number;
}
