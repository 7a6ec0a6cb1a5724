/** `tidemark book import|remove` and `tidemark statement import`: what a person says that an account holds, from a file. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { reconciliationRpc } from '@tidemark/contracts';
import type { Command } from 'commander';
import { show } from './show.js';
import { userClient, userCommand } from './user.js';
import type { UserOptions } from './user.js';

interface ImportOptions extends UserOptions {
  readonly account: string;
  readonly asOf?: string;
}

const FILE = 'CSV with the columns asset and quantity, or (.json) a list of {"asset", "quantity"}';

export function importCommands(program: Command): void {
  const book = program.command('book').description('the book that you keep of an account yourself: what is expected of it, in place of the snapshots');
  importCommand(book, 'book', 'expect what this file says, and the transactions after it');
  userCommand(book, 'remove', 'expect what the snapshots say again')
    .requiredOption('--account <id>', 'whose book')
    .action(async (options: UserOptions & { account: string }) => {
      await (await userClient(options)).delete(`/accounts/${encodeURIComponent(options.account)}/book`);
      show({ accountId: options.account, removed: true }, options, () => `Account ${options.account} has no book any more: its snapshots are what is expected.`);
    });
  importCommand(program.command('statement').description('what a statement says that an account held: the other side where no provider can be asked'), 'statement', 'compare with what this file says');
}

function importCommand(parent: Command, what: 'book' | 'statement', description: string): void {
  userCommand(parent, 'import', description)
    .argument('<file>', FILE)
    .requiredOption('--account <id>', 'of which account it is')
    .option('--as-of <instant>', 'when it holds, such as 2026-11-20T21:00:00Z; now where left out')
    .action(async (file: string, options: ImportOptions) => {
      const request = { ...(await readPositions(file)), origin: basename(file).slice(0, 200), ...(options.asOf ? { asOf: options.asOf } : {}) };
      const path = `/accounts/${encodeURIComponent(options.account)}/${what === 'book' ? 'book' : 'statements'}`;
      const { body } = await (await userClient(options)).post<reconciliationRpc.Imported>(path, request);
      show(body, options, () => `${body.unchanged ? 'It was there already' : 'Imported'}: ${body.positions} position(s) of account ${body.accountId} as of ${body.asOf}. Compare with: tidemark reconcile run --wait --account ${body.accountId}${options.user === undefined ? '' : ` --user ${options.user}`}`);
    });
}

/** A CSV file goes as it is: the service says which line is wrong. @throws where the file cannot be read */
export async function readPositions(file: string): Promise<{ csv: string } | { positions: unknown }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  if (!/\.json$/i.test(file)) return { csv: text };
  try {
    const given = JSON.parse(text) as unknown;
    return { positions: Array.isArray(given) ? given : (given as { positions?: unknown } | null)?.positions ?? given };
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
