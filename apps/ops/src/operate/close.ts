/** `tidemark close run|status`: the closing of market days. */
import type { historyRpc, ResponseOf } from '@tidemark/contracts';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { operatorClient, operatorCommand } from './operator.js';
import type { OperatorOptions } from './operator.js';
import { show } from './show.js';

export function closeCommands(program: Command): void {
  const close = program.command('close').description('the end of each market day');
  operatorCommand(close, 'status', 'the last closed day of every market, the next close, and the days that are behind; exits with 1 where one is').action(async (options: OperatorOptions) => {
    const { body } = await (await operatorClient(options)).get<ResponseOf<typeof historyRpc.closeStatus>>('/ops/closes');
    show(body, options, () => statusText(body));
    if (body.markets.some(({ behind }) => behind.length > 0)) process.exitCode = 1;
  });
  operatorCommand(close, 'run', 'close the days that are behind, or one day again; what is closed already stays as it is')
    .option('--market <id>', 'only this market, such as XNYS')
    .option('--day <day>', 'only this day')
    .action(async (options: OperatorOptions & { market?: string; day?: string }) => {
      const { market, day } = options;
      const { body } = await (await operatorClient(options)).post<ResponseOf<typeof historyRpc.runClose>>('/ops/closes/run', { ...(market ? { market } : {}), ...(day ? { day } : {}) });
      show(body, options, () => [...body.closed.map((one) => `${one.market} ${one.day}: ${one.accounts} account(s), ${one.incomplete} incomplete, ${one.changed} changed`), ...body.skipped.map(({ detail }) => detail)].join('\n') || 'There is no account whose days could be closed.');
    });
}

function statusText({ markets }: ResponseOf<typeof historyRpc.closeStatus>): string {
  if (markets.length === 0) return 'No account has a market yet.';
  const table = new Table({ head: ['Market', 'Accounts', 'Last closed', 'Next close', 'Behind'], style: { head: [], border: [] } });
  for (const one of markets) table.push([one.market, one.accounts, one.lastClosed ?? 'never', one.nextClose, one.behind.length === 0 ? 'no' : one.behind.join(', ')]);
  return table.toString();
}
