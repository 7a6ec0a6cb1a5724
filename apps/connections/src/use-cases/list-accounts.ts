import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import type { Parts } from '../parts.js';
import { findAccount, pageOfAccounts } from '../projections/account-list/query.js';
import { INSTANT_PART, readPage, UUID_PART } from '../projections/page.js';
import { isBehind } from './read.js';

const FOLDED = ['account-list', 'account-holdings'];

export async function listAccounts(parts: Parts, query: RequestOf<typeof connectionsRpc.listAccounts>, context: RpcContext): Promise<RpcReply<{ items: connectionsRpc.Account[]; nextCursor: string | null }>> {
  const page = readPage(query, 'accounts', [INSTANT_PART, UUID_PART]);
  if (!page.ok) return refused(page.error);
  const stale = await isBehind(parts, context, FOLDED);
  return answered(await pageOfAccounts(parts.database, context.userId, page.value), { stale });
}

export async function getAccount(parts: Parts, { accountId }: RequestOf<typeof connectionsRpc.getAccount>, context: RpcContext): Promise<RpcReply<connectionsRpc.Account>> {
  const stale = await isBehind(parts, context, FOLDED);
  const account = await findAccount(parts.database, context.userId, accountId);
  return account ? answered(account, { stale }) : refused(problem('not_found', 'There is no such account.'));
}
