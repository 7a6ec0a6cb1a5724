/** `tidemark symbols unmapped|map|unmap`: the queue of securities for which no symbol could be trusted. */
import type { historyRpc, ResponseOf } from '@tidemark/contracts';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { everyItem, operatorClient, operatorCommand } from './operator.js';
import type { OperatorOptions } from './operator.js';
import { show } from './show.js';

export function symbolsCommands(program: Command): void {
  const symbols = program.command('symbols').description('which security is which symbol of the price source');
  operatorCommand(symbols, 'unmapped', 'securities for which no symbol could be trusted, with what came nearest').action(async (options: OperatorOptions) => {
    const items = await everyItem<historyRpc.UnmappedSymbol>(await operatorClient(options), '/ops/symbols/unmapped');
    show({ symbols: items }, options, () => (items.length === 0 ? 'Every security that is held has a symbol.' : unmappedTable(items)));
  });
  operatorCommand(symbols, 'map', 'say which symbol a security is; it is checked at the price source, and histories that used another are revised')
    .argument('<asset>', 'such as provider:plaid:abc or equity:BRK.B')
    .argument('<symbol>', 'of the price source, such as BRK-B')
    .option('--note <text>', 'why, for whoever asks later')
    .option('--force', 'also an asset that nobody holds, or a symbol whose newest close is more than 20 % from the price that institutions carry')
    .action(async (asset: string, symbol: string, options: OperatorOptions & { note?: string; force?: boolean }) => {
      const { body } = await (await operatorClient(options)).post<Mapped>('/ops/symbols/map', { asset, symbol, ...(options.note ? { note: options.note } : {}), ...(options.force ? { force: true } : {}) });
      show(body, options, () => `${body.mapped.asset} is ${body.mapped.symbol} (${body.mapped.name ?? 'no name given'}, ${body.mapped.currency}).${body.previous ? ` It was ${body.previous}.` : ''} ${body.accountsToRevise} account(s) are computed again.`);
    });
  operatorCommand(symbols, 'unmap', 'take a symbol back from a security; it waits for a person again, and histories that used it are revised')
    .argument('<asset>', 'such as provider:plaid:abc or equity:BRK.B')
    .option('--note <text>', 'why, for whoever asks later')
    .action(async (asset: string, options: OperatorOptions & { note?: string }) => {
      const { body } = await (await operatorClient(options)).post<ResponseOf<typeof historyRpc.unmapSymbol>>('/ops/symbols/unmap', { asset, ...(options.note ? { note: options.note } : {}) });
      show(body, options, () => `${body.asset} is no longer ${body.previous}. ${body.accountsToRevise} account(s) are computed again.`);
    });
}

interface Mapped {
  readonly mapped: historyRpc.MappedSymbol;
  readonly previous: string | null;
  readonly accountsToRevise: number;
}

function unmappedTable(items: readonly historyRpc.UnmappedSymbol[]): string {
  const table = new Table({ head: ['Asset', 'Name', 'Why', 'Accounts', 'Nearest'], style: { head: [], border: [] }, wordWrap: true });
  for (const one of items) table.push([one.asset, one.name ?? '', one.reason, one.accounts, one.candidates.map(({ symbol, name, confidence }) => `${symbol} ${name} (${confidence})`).join('\n')]);
  return table.toString();
}
