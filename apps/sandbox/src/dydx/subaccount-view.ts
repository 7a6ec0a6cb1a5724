/** Subaccounts and markets as the indexer shows them; its own arithmetic: equity = signed USDC + Σ signed size × oracle price. */
import { absolute, add, compare, divide, isNegative, isZero, multiply, round, subtract, sum, type Decimal } from '@tidemark/money';
import type { Sandbox } from '../server/sandbox.js';
import type { Account, Security } from '../world/world.js';

/** About one block a second. */
export function heightAt(instant: string): string {
  return String(Math.floor(Date.parse(instant) / 1000) - 1_600_000_000);
}

/** The world's perpetuals: every security of kind `future` that a subaccount of the chain could hold. */
export function perpetualsOf(sandbox: Sandbox): (Security & { symbol: string; price: Decimal })[] {
  return sandbox.world.world.securities.filter((security): security is Security & { symbol: string; price: Decimal } => security.kind === 'future' && security.symbol !== null && security.symbol.endsWith('-USD') && security.price !== null);
}

export function marketView({ symbol, price }: Security & { symbol: string; price: Decimal }, index: number): object {
  return {
    clobPairId: String(index), ticker: symbol, status: 'ACTIVE', oraclePrice: price, priceChange24H: '0', volume24H: '1000000', trades24H: 1_000, nextFundingRate: '0.00001', initialMarginFraction: '0.05', maintenanceMarginFraction: '0.03',
    openInterest: '1000', atomicResolution: -10, quantumConversionExponent: -9, tickSize: '0.01', stepSize: '0.0001', stepBaseQuantums: 1_000_000, subticksPerTick: 100_000, marketType: 'CROSS',
    openInterestLowerCap: '0', openInterestUpperCap: '0', baseOpenInterest: '1000', defaultFundingRate1H: '0',
  };
}

export function subaccountView(sandbox: Sandbox, account: Account): Record<string, unknown> {
  const { address, subaccountNumber } = account.dydx!;
  const usdc = sum((account.cash ?? []).filter(({ currency }) => currency === 'USDC').map(({ amount }) => amount));
  const now = sandbox.clock.now().toISOString();
  const positions = (account.holdings ?? []).filter(({ quantity }) => !isZero(quantity)).map(({ security, quantity, costBasis }) => positionView(sandbox.world.security(security), quantity, costBasis ?? null, account));
  const exposure = sum(positions.map(({ worth }) => worth));
  const equity = add(usdc, exposure);
  const margin = sum(positions.map(({ worth }) => multiply(absolute(worth), '0.05')));
  return {
    address,
    subaccountNumber,
    equity,
    freeCollateral: subtract(equity, margin),
    openPerpetualPositions: Object.fromEntries(positions.map(({ view }) => [view.market, view])),
    assetPositions: { USDC: { symbol: 'USDC', side: isNegative(usdc) ? 'SHORT' : 'LONG', size: absolute(usdc), assetId: '0', subaccountNumber } },
    marginEnabled: true,
    updatedAtHeight: heightAt(now),
    latestProcessedBlockHeight: heightAt(now),
  };
}

function positionView(security: Security, size: Decimal, costBasis: Decimal | null, { id, dydx, openedOn }: Account) {
  const market = security.symbol ?? id;
  const price = security.price ?? '0';
  const entry = costBasis === null ? price : round(divide(costBasis, size), 10);
  const long = compare(size, '0') > 0;
  const opened = `${openedOn ?? '2026-01-05'}T12:00:00.000Z`;
  const worth = multiply(size, price);
  return {
    worth,
    view: {
      market, status: 'OPEN', side: long ? 'LONG' : 'SHORT', size, maxSize: size, entryPrice: entry, exitPrice: null, realizedPnl: '0', unrealizedPnl: subtract(worth, multiply(size, entry)), createdAt: opened, createdAtHeight: heightAt(opened),
      closedAt: null, sumOpen: absolute(size), sumClose: '0', netFunding: '0', subaccountNumber: dydx!.subaccountNumber,
    },
  };
}
