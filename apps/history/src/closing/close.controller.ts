/** What operators may ask of the end of day; each needs the scope `ops`. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc, problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { dayNumber, dayOf, isDay, lastClosedDay, marketById, nextClose } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import { answered, refused, RpcMethod } from '@tidemark/service';
import type { DayNumber } from '../reconstruction/model.js';
import { readOpenFrom } from '../storage/partitions.js';
import type { Closer } from './closer.js';
import type { ClosingDeps } from './deps.js';
import { accountMarkets, closedTo, dueDays } from './markets.js';
import { isNonsense, whyOpen } from './why-open.decide.js';
import type { CloseStanding } from './why-open.decide.js';

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
    const { deps, closer } = this.desk;
    const asked = { market: market === undefined ? undefined : (marketById(market) as Market), day: day === undefined ? null : dayNumber(day) };
    const markets = asked.market ? [asked.market] : (await accountMarkets(deps.database)).map((of) => of.market);
    if (asked.day !== null && isNonsense(asked.day, markets, deps.clock.now())) return refused(invalid('day', `${day} has not begun; the last day that can be closed is ${lastOver(markets, deps.clock.now())}`));
    const done = await closer.run({ market: asked.market?.id, day: asked.day ?? undefined });
    const missing = markets.filter(({ id }) => !done.some(({ close }) => close.market === id && (asked.day === null || close.day === asked.day)));
    const skipped = await Promise.all(missing.map(async (of) => whyOpen({ market: of, day: asked.day }, await standingOf(deps, of, asked.day))));
    return answered({ skipped, closed: done.map(({ close, changed }) => ({ market: close.market, day: dayOf(close.day), accounts: close.accounts, incomplete: close.incomplete, changed })) });
  }
}

async function standingOf({ database, clock }: ClosingDeps, { id }: Market, day: DayNumber | null): Promise<CloseStanding> {
  const [known, markets, openFrom, row] = await Promise.all([
    closedTo(database), accountMarkets(database), readOpenFrom(database),
    database.query(`SELECT 1 FROM market_close WHERE market = $1 AND day = $2 AND status = 'closed'`, [id, day === null ? null : dayOf(day)]),
  ]);
  const ids = markets.map(({ market }) => market.id);
  return { now: clock.now(), closedTo: known.get(id) ?? null, openFrom, wasClosed: row.rowCount > 0, accounts: ids.includes(id), markets: ids };
}

function lastOver(markets: readonly Market[], now: number): string {
  return markets.map((market) => lastClosedDay(instant(now), market)).sort().at(-1) ?? '';
}

type ResponseOfStatus = { markets: { market: string; lastClosed: string | null; nextClose: string; behind: string[]; accounts: number }[] };
type ResponseOfRun = ResponseOf<typeof historyRpc.runClose>;

function invalid(field: string, message: string) {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
