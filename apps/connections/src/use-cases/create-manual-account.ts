/** An account that no provider shows: its snapshots are written by hand. */
import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { isCurrency } from '@tidemark/money';
import { answered, refused } from '@tidemark/service';
import { change } from '../connection/change.js';
import { manualAccountStream } from '../connection/connection.js';
import type { Parts } from '../parts.js';
import { accountOf } from './views.js';

export async function createManualAccount(parts: Parts, { name, type, currency }: RequestOf<typeof connectionsRpc.createManualAccount>, context: RpcContext): Promise<RpcReply<connectionsRpc.Account>> {
  const wrong = [
    ...(isCurrency(currency) ? [] : [{ field: 'currency', message: 'must be an ISO 4217 currency code such as USD' }]),
    ...(name.trim() === '' ? [{ field: 'name', message: 'must not be blank' }] : []),
    ...(type.trim() === '' ? [{ field: 'type', message: 'must not be blank; usual are investment, depository, credit, loan, other' }] : []),
  ];
  if (wrong.length > 0) return refused(problem('validation_failed', 'The account cannot be made like this.', { errors: wrong }));
  const accountId = parts.newId();
  const changed = await change(parts, {
    userId: context.userId,
    origin: context,
    changes: [{ stream: manualAccountStream(accountId), commands: [{ type: 'open-manual', at: instant(parts.clock.now()), userId: context.userId, accountId, name: name.trim(), accountType: type.trim(), currency }] }],
  });
  if (!changed.ok) return refused(changed.error);
  const [state] = changed.value.states;
  const account = state?.accounts.get(accountId);
  return state && account ? answered(accountOf(state, account), changed.value.positions) : refused(problem('internal', 'nothing was made'));
}
