/**
 * Whether an on-demand refresh may run. The window is counted from the newest refresh that was billed, or may have been: it is free
 * again at exactly that instant plus the window. An override is a billed refresh like any other and so moves the window.
 */
import type { RefreshCostReserved, RefreshCostSettled, RefreshDenied } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { RefreshEvent, RefreshState } from './refresh.js';
import type { RefreshPolicy } from './refresh-policy.js';

export interface Subject {
  readonly userId: string;
  readonly connectionId: string;
  readonly provider: string;
}

export type RefreshCommand =
  | { readonly type: 'reserve'; readonly now: number; readonly subject: Subject; readonly syncId: string; readonly acceptCost: boolean; readonly policy: RefreshPolicy }
  | { readonly type: 'settle'; readonly now: number; readonly subject: Subject; readonly syncId: string; readonly billed: boolean; readonly made: boolean; readonly cost: RefreshPolicy['cost'] };

export type RefreshRefusal = { readonly code: 'refresh_limited'; readonly denied: RefreshEvent & { readonly type: 'RefreshDenied' } };

export function decide(command: RefreshCommand, state: RefreshState): Result<readonly RefreshEvent[], RefreshRefusal> {
  return command.type === 'reserve' ? reserve(command, state) : ok(settle(command, state));
}

/** When the next refresh goes without consent; `now` or earlier means at once. Null: always. */
export function nextFreeAt(state: RefreshState, policy: RefreshPolicy): number | null {
  const last = state.counted.at(-1);
  return last === undefined || policy.windowMs === null ? null : last.at + policy.windowMs;
}

function reserve(command: RefreshCommand & { type: 'reserve' }, state: RefreshState): Result<readonly RefreshEvent[], RefreshRefusal> {
  const { now, policy, subject, syncId } = command;
  if (state.counted.some((one) => one.syncId === syncId)) return ok([]);
  const free = nextFreeAt(state, policy);
  const limited = free !== null && now < free;
  if (limited && !command.acceptCost) {
    const data: RefreshDenied = { ...subject, nextFreeRefreshAt: instant(free), overrideCost: policy.cost };
    return refuse({ code: 'refresh_limited', denied: { type: 'RefreshDenied', at: now, data } });
  }
  const data: RefreshCostReserved = { ...subject, syncId, cost: policy.cost, override: limited };
  return ok([{ type: 'RefreshCostReserved', at: now, data }]);
}

/** Settling again, or what was never reserved, does nothing. */
function settle(command: RefreshCommand & { type: 'settle' }, state: RefreshState): readonly RefreshEvent[] {
  if (!state.open.has(command.syncId)) return [];
  const cost = command.billed ? command.cost : { amount: '0', currency: command.cost.currency };
  const data: RefreshCostSettled = { ...command.subject, syncId: command.syncId, cost, billed: command.billed, made: command.made };
  return [{ type: 'RefreshCostSettled', at: command.now, data }];
}
