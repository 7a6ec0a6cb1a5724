/** Reasons of an answer: each thing once, over the days it holds for. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import type { Day } from '@tidemark/market';

type Reason = historyRpc.HistoryReason;

export class Reasons {
  private readonly byKey = new Map<string, Reason>();

  add(reason: Reason): void {
    const key = `${reason.code} ${reason.accountId ?? ''} ${reason.asset ?? ''} ${reason.from === undefined ? reason.detail : ''}`;
    const known = this.byKey.get(key);
    const [from, to] = [earlier(known?.from, reason.from), later(known?.to, reason.to)];
    this.byKey.set(key, { ...(known ?? reason), ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  }

  get all(): Reason[] {
    return [...this.byKey.values()];
  }
}

const earlier = (a: Day | undefined, b: Day | undefined): Day | undefined => (a === undefined ? b : b === undefined || a < b ? a : b);
const later = (a: Day | undefined, b: Day | undefined): Day | undefined => (a === undefined ? b : b === undefined || a > b ? a : b);
