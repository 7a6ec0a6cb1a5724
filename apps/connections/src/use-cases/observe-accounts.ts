/** Sync tells which accounts it saw; connections knows what that means and answers the accounts as they are now. */
import type { connectionsRpc, RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import { change } from '../connection/change.js';
import { connectionStream } from '../connection/connection.js';
import type { Parts } from '../parts.js';

type Contract = typeof connectionsRpc.observeAccounts;

export async function observeAccounts(parts: Parts, payload: RequestOf<Contract>, context: RpcContext): Promise<RpcReply<ResponseOf<Contract>>> {
  const { connectionId, observedAt, accounts, complete } = payload;
  const twice = accounts.find((account, at) => accounts.findIndex((other) => other.providerAccountId === account.providerAccountId) !== at);
  if (twice) return refused(problem('validation_failed', 'An account stands there twice.', { errors: [{ field: 'accounts', message: 'each providerAccountId may stand there once' }] }));
  const changed = await change(parts, {
    userId: context.userId,
    origin: context,
    changes: [{ stream: connectionStream(connectionId), commands: [{ type: 'observe', at: observedAt, accounts, whole: complete }] }],
  });
  if (!changed.ok) return refused(changed.error);
  const known = [...(changed.value.states[0]?.accounts.values() ?? [])];
  return answered({ accounts: known.map(({ accountId, details, status }) => ({ accountId, providerAccountId: details.providerAccountId, status })) }, changed.value.positions);
}
