/** What operators may ask of the end of day; each needs the scope `ops`. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc, problem } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay, marketById, nextClose } from '@tidemark/market';
import { answered, refused, RpcMethod } from '@tidemark/service';
import type { Closer } from './closer.js';
import type { ClosingDeps } from './deps.js';
import { accountMarkets, closedTo, dueDays } from './markets.js';

/** Injection token of `ClosingDesk`. */
export const CLOSING = Symbol('closing');

export interface ClosingDesk {
  readonly closer: Closer;
  readonly deps: ClosingDeps;
}

const FORBIDDEN = problem('forbidden', 'This is for operators: the token needs the scope "ops".');

@Controller()
export class CloseController {
  constructor(@Inject(CLOSING) private readonly desk: ClosingDesk) {}

  @RpcMethod(historyRpc.closeStatus)
  async status(_payload: RequestOf<typeof historyRpc.closeStatus>, { scopes }: RpcContext): Promise<RpcReply<ResponseOfStatus>> {
    if (!scopes?.includes('ops')) return refused(FORBIDDEN);
    const { database, clock, settings } = this.desk.deps;
    const known = await closedTo(database);
    const markets = await Promise.all(
      (await accountMarkets(database)).map(async ({ market, zones }) => {
        const to = known.get(market.id) ?? null;
        const { rows } = await database.query<{ n: number }>(`SELECT count(*) AS n FROM account WHERE coalesce(time_zone, '') = ANY($1::text[])`, [zones]);
        return {
          market: market.id, lastClosed: to === null ? null : dayOf(to), nextClose: nextClose(instant(clock.now()), market),
          behind: dueDays(market, to, clock.now(), settings.delayMs).map(dayOf), accounts: rows[0]?.n ?? 0,
        };
      }),
    );
    return answered({ markets });
  }

  @RpcMethod(historyRpc.runClose)
  async run({ market, day }: RequestOf<typeof historyRpc.runClose>, { scopes }: RpcContext): Promise<RpcReply<ResponseOfRun>> {
    if (!scopes?.includes('ops')) return refused(FORBIDDEN);
    if (day !== undefined && !isDay(day)) return refused(invalid('day', `${day} is no day of the calendar; a day such as 2026-11-20 is accepted`));
    if (market !== undefined && !marketById(market)) return refused(invalid('market', `${market} is no market; one such as XNYS, or a time zone, is accepted`));
    const done = await this.desk.closer.run({ market, day: day === undefined ? undefined : dayNumber(day) });
    return answered({ closed: done.map(({ close, changed }) => ({ market: close.market, day: dayOf(close.day), accounts: close.accounts, incomplete: close.incomplete, changed })) });
  }
}

type ResponseOfStatus = { markets: { market: string; lastClosed: string | null; nextClose: string; behind: string[]; accounts: number }[] };
type ResponseOfRun = { closed: { market: string; day: string; accounts: number; incomplete: number; changed: number }[] };

function invalid(field: string, message: string) {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
