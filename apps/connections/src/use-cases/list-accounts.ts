import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import { loadConnection } from '../connection/change.js';
import { manualAccountStream } from '../connection/connection.js';
import type { Parts } from '../parts.js';
import { findAccount, pageOfAccounts } from '../projections/account-list/query.js';
import { INSTANT_PART, readPage, UUID_PART } from '../projections/page.js';
import { isBehind } from './read.js';
import { accountOf } from './views.js';

const FOLDED = ['account-list', 'account-holdings'];

export async function listAccounts(parts: Parts, query: RequestOf<typeof connectionsRpc.listAccounts>, context: RpcContext): Promise<RpcReply<{ items: connectionsRpc.Account[]; nextCursor: string | null }>> {
  const page = readPage(query, 'accounts', [INSTANT_PART, UUID_PART]);
  if (!page.ok) return refused(page.error);
  const stale = await isBehind(parts, context, FOLDED);
  return answered(await pageOfAccounts(parts.database, context.userId, page.value), { stale });
}

export async function getAccount(parts: Parts, { accountId }: RequestOf<typeof connectionsRpc.getAccount>, context: RpcContext): Promise<RpcReply<connectionsRpc.Account>> {
  const stale = await isBehind(parts, context, FOLDED);
  const account = (await findAccount(parts.database, context.userId, accountId)) ?? (await justMade(parts, context.userId, accountId));
  return account ? answered(account, { stale }) : refused(problem('not_found', 'There is no such account.'));
}

/** A manual account that was made a moment ago, which the read model has not heard of: its stream has it. Null for other users' and erased ones. */
async function justMade(parts: Parts, userId: string, accountId: string): Promise<connectionsRpc.Account | null> {
  const { state } = await loadConnection(parts, userId, manualAccountStream(accountId));
  const account = state.erased ? undefined : state.accounts.get(accountId);
  return account ? accountOf(state, account) : null;
}
