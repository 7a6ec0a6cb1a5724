/** Answers about all of a user's accounts: value, consolidated positions, latest balances. */
import { Controller, Inject } from '@nestjs/common';
import { accountName, notCounted, snapshotsRpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { readBalances, readBaseCurrency } from '../projections/balances/query.js';
import { snapshotAnswer, snapshotValue } from '../snapshot-answers/snapshot-answer.js';
import { inScope } from '../valuation/portfolio.js';
import { portfolioPositions } from '../valuation/portfolio-positions.js';
import { portfolioValue } from '../valuation/portfolio-value.js';
import { instantAsked } from './instant-asked.js';
import { DEFAULT_CURRENCY, loadHoldings, parkedAccounts, unknownIn, wrongCurrency } from './load-holdings.js';
import { loadMarket, ratesOf } from './load-market.js';
import { isStale, READS } from './read-context.js';
import type { Reads } from './read-context.js';

@Controller()
export class PortfolioController {
  constructor(@Inject(READS) private readonly reads: Reads) {}

  @RpcMethod(snapshotsRpc.portfolioValue)
  async value(payload: RequestOf<typeof snapshotsRpc.portfolioValue>, context: RpcContext): Promise<RpcReply<snapshotsRpc.PortfolioValue>> {
    const stale = await isStale(this.reads.database, context.after);
    const scope = { accountId: payload.account, source: payload.source };
    const holdings = await loadHoldings(this.reads, { ...payload, userId: context.userId, scope });
    return holdings.ok ? answered(portfolioValue(holdings.value, scope), { stale }) : refused(holdings.error);
  }

  @RpcMethod(snapshotsRpc.portfolioPositions)
  async positions(payload: RequestOf<typeof snapshotsRpc.portfolioPositions>, context: RpcContext): Promise<RpcReply<snapshotsRpc.PortfolioPositions>> {
    const stale = await isStale(this.reads.database, context.after);
    const scope = { accountId: payload.account, provider: payload.provider, source: payload.source };
    const holdings = await loadHoldings(this.reads, { ...payload, userId: context.userId, scope });
    return holdings.ok ? answered(portfolioPositions(holdings.value, scope), { stale }) : refused(holdings.error);
  }

  @RpcMethod(snapshotsRpc.portfolioBalances)
  async balances(payload: RequestOf<typeof snapshotsRpc.portfolioBalances>, context: RpcContext): Promise<RpcReply<snapshotsRpc.PortfolioBalances>> {
    const { database, clock } = this.reads;
    const stale = await isStale(database, context.after);
    const wrong = wrongCurrency(payload.currency);
    if (wrong) return refused(wrong);
    const asked = instantAsked(payload.asOf, clock.now());
    if (!asked.ok) return refused(asked.error);
    const base = payload.currency ?? (await readBaseCurrency(database, context.userId)) ?? DEFAULT_CURRENCY;
    const scope = { accountId: payload.account, connectionId: payload.connection, source: payload.source };
    const stored = await readBalances(database, context.userId, asked.value.until);
    const accounts = stored.map((held) => held.account);
    const missing = unknownIn(scope, accounts);
    if (missing) return refused(missing);
    const known = new Set(stored.filter(({ snapshot }) => snapshot !== null).map(({ account }) => account.accountId));
    const excluded = notCounted(accounts, asked.value.at, ({ accountId }) => known.has(accountId));
    const parked = await parkedAccounts(database, accounts);
    const market = await loadMarket(database, stored.map(({ snapshot }) => snapshot).filter((one) => one !== null), base, [asked.value.at]);
    const rate = await ratesOf(database, stored.map(({ snapshot }) => snapshot).filter((one) => one !== null));
    const rows = stored
      .filter(({ account }) => inScope(account, scope))
      .map(({ account, snapshot }) => ({
        accountId: account.accountId,
        name: accountName(account),
        institution: account.institutionName,
        counted: !excluded.has(account.accountId),
        parked: parked.has(account.accountId),
        value: snapshot && snapshotValue({ ...snapshot, balances: market.priced({ ...snapshot, capturedAt: snapshot.captured_at }, asked.value.at) }, { base, at: asked.value.at, rate: market.rate }),
        snapshot: snapshot && snapshotAnswer(snapshot, rate),
      }));
    return answered({ asOf: asked.value.at, currency: base, accounts: rows }, { stale });
  }
}
