import type { Market } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import type { DayTrack } from './day-track.js';

/** What has a day of its own: an account, or a scope of accounts in one currency. */
export interface Series {
  readonly series: string;
  readonly userId: string;
  readonly accountId: string | null;
  readonly currency: string;
  readonly market: Market;
  track: DayTrack | null;
  previousClose: Decimal | null;
}
