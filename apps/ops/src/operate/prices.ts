/** `tidemark prices refresh`: fetches what is missing, or everything anew; `--dry-run` tells what it would cost and spends nothing. */
import type { historyRpc, ResponseOf } from '@tidemark/contracts';
import type { Command } from 'commander';
import { operatorClient, operatorCommand } from './operator.js';
import type { OperatorOptions } from './operator.js';
import { show } from './show.js';

type Refreshed = ResponseOf<typeof historyRpc.refreshPrices>;

interface RefreshOptions extends OperatorOptions {
  readonly account?: string;
  readonly connection?: string;
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export function pricesCommands(program: Command): void {
  const prices = program.command('prices').description('closes of the price source, kept once for all users');
  operatorCommand(prices, 'refresh', 'fetch the closes that are missing for what is held')
    .option('--account <id>', 'only of what this account holds')
    .option('--connection <id>', 'only of what the accounts of this connection hold')
    .option('--date <day>', 'one day, in place of --from and --to')
    .option('--from <day>', 'from this day on')
    .option('--to <day>', 'until this day')
    .option('--force', 'fetch what is there too; what changed is corrected, and its histories are revised')
    .option('--dry-run', 'tell what it would fetch and cost, and do nothing')
    .action(async (options: RefreshOptions) => {
      const { account, connection, date, force, dryRun } = options;
      const [from, to] = [date ?? options.from, date ?? options.to];
      const request = Object.fromEntries(Object.entries({ account, connection, from, to, force, dryRun }).filter(([, value]) => value !== undefined));
      const { body } = await (await operatorClient(options)).post<Refreshed>('/ops/prices/refresh', request);
      show(body, options, () => refreshText(body));
      if (body.failed.length > 0) process.exitCode = 1;
    });
}

export function refreshText(body: Refreshed): string {
  const cost = `${body.calls} call(s), about ${body.estimatedCost.amount} ${body.estimatedCost.currency}`;
  const ranges = body.ranges.slice(0, 20).map(({ symbol, from, to }) => `  ${symbol.padEnd(12)} ${from} – ${to}`);
  const more = body.ranges.length > 20 ? [`  and ${body.ranges.length - 20} more`] : [];
  if (body.dryRun) return [`It would fetch ${body.symbols} symbol(s): ${cost}. Nothing was spent.`, ...ranges, ...more].join('\n');
  const failed = body.failed.map(({ symbol, reason }) => `  ${symbol.padEnd(12)} ${reason}`);
  return [`${body.symbols} symbol(s), ${cost}: ${body.stored} close(s) stored, ${body.corrected} corrected.`, ...(failed.length > 0 ? [`${failed.length} failed, and will be asked again:`, ...failed] : [])].join('\n');
}
