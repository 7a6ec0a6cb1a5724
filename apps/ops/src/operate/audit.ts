/** `tidemark audit verify`: whether the audit trail is what was written, of one user or of all; exits with 1 where it is not. */
import type { reconciliationRpc, ResponseOf } from '@tidemark/contracts';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { operatorClient, operatorCommand } from './operator.js';
import type { OperatorOptions } from './operator.js';
import { show } from './show.js';
import { plain } from './terminal.js';

type Verdicts = Omit<ResponseOf<typeof reconciliationRpc.verifyAllAudits>, 'nextCursor'>;

export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the hash-chained trail of what was compared, found and imported');
  operatorCommand(audit, 'verify', 'check every user\'s trail against its hashes and the event log; names the first wrong entry of each and exits with 1 where there is one')
    .option('--user <id>', 'only this user\'s')
    .action(async (options: OperatorOptions & { user?: string }) => {
      const verdicts = await verified(await operatorClient(options), options.user);
      show(verdicts, options, () => verdictsText(verdicts));
      if (verdicts.broken.length > 0) process.exitCode = 1;
    });
}

/** A page of users at a time. */
async function verified(client: ApiClient, user: string | undefined): Promise<Verdicts> {
  const all: Verdicts = { users: 0, entries: 0, broken: [] };
  for (let cursor: string | null = ''; cursor !== null; ) {
    const asked = new URLSearchParams({ ...(user === undefined ? {} : { userId: user }), ...(cursor ? { cursor } : {}) }).toString();
    const { body }: { body: ResponseOf<typeof reconciliationRpc.verifyAllAudits> } = await client.get(`/ops/audit/verify${asked ? `?${asked}` : ''}`);
    all.users += body.users;
    all.entries += body.entries;
    all.broken.push(...body.broken);
    cursor = body.nextCursor;
  }
  return all;
}

export function verdictsText({ users, entries, broken }: Verdicts): string {
  const checked = `${users} user(s), ${entries} entries`;
  if (broken.length === 0) return `The audit trail is what was written: ${checked}.`;
  return [
    `BROKEN: the trail of ${broken.length} of ${checked}.`,
    ...broken.map(({ userId, verdict }) => plain(`  ${userId}: entry ${verdict.firstBroken?.sequence ?? '?'} ${verdict.firstBroken?.problem ?? 'is wrong'}. ${verdict.firstBroken?.detail ?? ''}`)),
    'Next: keep the database as it is, compare with a backup and with the events of the bus, and see docs/reconciliation.md, "When verification fails".',
  ].join('\n');
}
