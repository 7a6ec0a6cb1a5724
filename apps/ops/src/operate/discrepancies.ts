/** `tidemark discrepancies list|show|resolve`: where books and providers part, until they agree or a person says why it is settled. */
import type { connectionsRpc, reconciliationRpc, ResponseOf } from '@tidemark/contracts';
import type { Command } from 'commander';
import { discrepanciesText, discrepancyText } from './discrepancy-text.js';
import { everyItem } from './operator.js';
import { show } from './show.js';
import { userClient, userCommand } from './user.js';
import type { UserOptions } from './user.js';

type Discrepancy = reconciliationRpc.Discrepancy;

export function discrepanciesCommands(program: Command): void {
  const discrepancies = program.command('discrepancies').description('where books and providers part');
  userCommand(discrepancies, 'list', 'those that are not resolved, newest first')
    .option('--status <status>', 'open (whatever is not resolved), explained, persisting or resolved; all of them with "any"', 'open')
    .option('--account <id>', 'only of this account')
    .action(async (options: UserOptions & { status: string; account?: string }) => {
      const asked = new URLSearchParams({ ...(options.status === 'any' ? {} : { status: options.status }), ...(options.account ? { accountId: options.account } : {}) });
      const client = await userClient(options);
      const items = await everyItem<Discrepancy>(client, `/discrepancies?${asked.toString()}`);
      const accounts = items.length === 0 || options.json ? [] : await everyItem<connectionsRpc.Account>(client, '/accounts');
      show({ discrepancies: items }, options, () => discrepanciesText(items, new Map(accounts.map(({ id, name }) => [id, name]))));
    });
  userCommand(discrepancies, 'show', 'one of them, with what may have caused it and what that rests on')
    .argument('<id>', 'of the discrepancy')
    .action(async (id: string, options: UserOptions) => {
      const { body } = await (await userClient(options)).get<Discrepancy>(`/discrepancies/${encodeURIComponent(id)}`);
      show(body, options, () => discrepancyText(body));
    });
  userCommand(discrepancies, 'resolve', 'take the provider\'s word for it; the note stays in the audit trail')
    .argument('<id>', 'of the discrepancy')
    .requiredOption('--note <text>', 'why it is settled')
    .action(async (id: string, options: UserOptions & { note: string }) => {
      const { body } = await (await userClient(options)).post<ResponseOf<typeof reconciliationRpc.resolveDiscrepancy>>(`/discrepancies/${encodeURIComponent(id)}/resolve`, { note: options.note });
      show(body, options, () => `Resolved: ${body.asset} of account ${body.accountId}, ${body.difference} (expected ${body.expected}, actual ${body.actual}).`);
    });
}
