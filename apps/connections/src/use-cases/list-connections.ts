import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { answered, refused } from '@tidemark/service';
import type { Parts } from '../parts.js';
import { findConnection, pageOfConnections } from '../projections/connection-list/query.js';
import { INSTANT_PART, readPage, UUID_PART } from '../projections/page.js';
import { isBehind } from './read.js';

const FOLDED = ['connection-list', 'connection-sync'];

export async function listConnections(parts: Parts, query: RequestOf<typeof connectionsRpc.listConnections>, context: RpcContext): Promise<RpcReply<{ items: connectionsRpc.Connection[]; nextCursor: string | null }>> {
  const page = readPage(query, 'connections', [INSTANT_PART, UUID_PART]);
  if (!page.ok) return refused(page.error);
  const stale = await isBehind(parts, context, FOLDED);
  return answered(await pageOfConnections(parts.database, context.userId, page.value, parts.clock.now()), { stale });
}

export async function getConnection(parts: Parts, { connectionId }: RequestOf<typeof connectionsRpc.getConnection>, context: RpcContext): Promise<RpcReply<connectionsRpc.Connection>> {
  const stale = await isBehind(parts, context, FOLDED);
  const connection = await findConnection(parts.database, context.userId, connectionId, parts.clock.now());
  return connection ? answered(connection, { stale }) : refused(problem('not_found', 'There is no such connection.'));
}
