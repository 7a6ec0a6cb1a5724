/** What every read has: it waits until the read models have seen what the caller saw, and says so where they have not in time. */
import type { RpcContext } from '@tidemark/contracts';
import { waitForPositions } from '@tidemark/projections';
import type { Parts } from '../parts.js';

/** @returns whether the answer may be behind what was asked for */
export async function isBehind(parts: Pick<Parts, 'database'>, context: RpcContext, projections: readonly string[]): Promise<boolean> {
  return !(await waitForPositions(parts.database, projections, context.after ?? []));
}
