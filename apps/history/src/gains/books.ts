/** The lots of every account and asset while steps are taken, and what came of it. Changed in place by `realise.ts` and by nothing else. */
import type { historyRpc } from '@tidemark/contracts';
import type { Day } from '@tidemark/market';
import type { AssetId } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { Ratio } from '../reconstruction/ratio.js';
import { lowered, takeAverage, takeFrom, takeOldest } from './lot.js';
import type { Lot } from './lot.js';
import { ratio } from './amount.js';
import { linesOf } from './realised-line.js';
import type { Closing, RealisedLine } from './realised-line.js';
import type { LotMethod, Pick } from './specific-lots.js';

export interface Position {
  readonly longs: Lot[];
  readonly shorts: Lot[];
}

export class Books {
  readonly lines: RealisedLine[] = [];
  /** What was asked for of lots that cannot be, in words. */
  readonly refusals: string[] = [];
  /** Lots, or a premium, under way from one row to another, by the id of their handover. */
  readonly lotsUnderWay = new Map<string, Lot[]>();
  readonly premiums = new Map<string, Ratio | null>();
  /** Accounts and assets (`account asset`) of which more came in than is held: what was held before now is not known. */
  readonly unsure = new Set<string>();
  private readonly positions = new Map<string, Position>();
  private readonly noted = new Map<string, historyRpc.HistoryReason>();
  private readonly picks: ReadonlyMap<string, readonly Pick[]>;

  constructor(private readonly method: LotMethod, picks: readonly Pick[]) {
    this.picks = Map.groupBy(picks, ({ sale }) => sale);
  }

  position(accountId: string, asset: AssetId): Position {
    const key = `${accountId} ${asset}`;
    const known = this.positions.get(key);
    if (known) return known;
    const fresh = { longs: [], shorts: [] };
    this.positions.set(key, fresh);
    return fresh;
  }

  note(code: historyRpc.HistoryReasonCode, detail: string, at: { accountId: string; asset: AssetId; date?: Day | undefined }): void {
    const { accountId, asset, date } = at;
    this.noted.set(`${code} ${accountId} ${asset} ${detail}`, { code, detail, accountId, asset, ...(date === undefined ? {} : { from: date, to: date }) });
  }

  get reasons(): historyRpc.HistoryReason[] {
    return [...this.noted.values()];
  }

  /** Takes long lots for a sale by the method asked for: those that are named, then the oldest. @returns what was not there */
  takeLongs({ longs }: Position, wanted: Ratio, sale: NormalisedTransaction): { taken: Lot[]; short: Ratio } {
    if (this.method === 'average') return takeAverage(longs, wanted);
    const named: Lot[] = [];
    let rest = wanted;
    for (const { purchase, quantity } of this.picks.get(sale.transactionId) ?? []) {
      const units = ratio(quantity);
      const lots = takeFrom(longs, purchase, units);
      if (lots === null) this.refusals.push(`${sale.transactionId} cannot be taken from ${purchase}: on ${sale.date} there are no ${quantity} of it left in that account`);
      else named.push(...lots);
      rest = lots === null ? rest : { n: rest.n * units.d - units.n * rest.d, d: rest.d * units.d };
    }
    if (rest.n < 0n) {
      this.refusals.push(`${sale.transactionId} is of fewer units than the lots that are named for it`);
      return { taken: named, short: ratio('0') };
    }
    const { taken, short } = takeOldest(longs, rest);
    return { taken: [...named, ...taken], short };
  }

  /** @returns what was more than they had cost */
  lower({ longs }: Position, amount: Ratio): Ratio {
    return lowered(longs, amount, this.method === 'average');
  }

  close(closing: Closing, lots: readonly Lot[]): void {
    this.lines.push(...linesOf(closing, lots));
  }
}
