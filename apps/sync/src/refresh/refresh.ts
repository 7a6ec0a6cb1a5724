/**
 * What a connection's on-demand refreshes have cost, folded from its stream `refresh-<connectionId>`. A cost is reserved as an event
 * before the paid call and settled after it: whoever crashes in between has spent, as far as anybody can know.
 */
import type { RefreshCostReserved, RefreshCostSettled, RefreshDenied } from '@tidemark/contracts';

/** Events as the decider sees them: with the instant (milliseconds since the epoch) at which they happened. */
export type RefreshEvent =
  | { readonly type: 'RefreshCostReserved'; readonly at: number; readonly data: RefreshCostReserved }
  | { readonly type: 'RefreshCostSettled'; readonly at: number; readonly data: RefreshCostSettled }
  | { readonly type: 'RefreshDenied'; readonly at: number; readonly data: RefreshDenied };

export interface RefreshState {
  /** Refreshes that count against the free window: all that were reserved, save those that came to nothing and cost nothing; newest last. */
  readonly counted: readonly { readonly syncId: string; readonly at: number }[];
  /** Reserved and not settled yet. */
  readonly open: ReadonlySet<string>;
}

export const noRefreshes: RefreshState = { counted: [], open: new Set() };

/** How many counted refreshes are remembered: the newest decides, one before it in case the newest turns out unbilled. */
const REMEMBERED = 16;

export function evolve(state: RefreshState, event: RefreshEvent): RefreshState {
  switch (event.type) {
    case 'RefreshCostReserved': {
      const counted = [...state.counted, { syncId: event.data.syncId, at: event.at }].slice(-REMEMBERED);
      return { counted, open: new Set([...state.open, event.data.syncId]) };
    }
    case 'RefreshCostSettled': {
      const open = new Set(state.open);
      open.delete(event.data.syncId);
      return { counted: event.data.billed || event.data.made ? state.counted : state.counted.filter((one) => one.syncId !== event.data.syncId), open };
    }
    case 'RefreshDenied':
      return state;
  }
}

export function refreshStream(connectionId: string): string {
  return `refresh-${connectionId}`;
}
