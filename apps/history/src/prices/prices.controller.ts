/** What operators may ask of prices and symbols; each needs the scope `ops`. */
import { Controller, Inject } from '@nestjs/common';
import { historyRpc, problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { listUnmapped } from '../symbols/list-unmapped.js';
import { mapSymbol } from '../symbols/map-symbol.js';
import { unmapSymbol } from '../symbols/unmap-symbol.js';
import { refreshPrices } from './refresh-prices.js';
import type { Prices } from './start-prices.js';

/** Injection token of `Prices`. */
export const PRICES = Symbol('prices');

const FORBIDDEN = problem('forbidden', 'This is for operators: the token needs the scope "ops".');

@Controller()
export class PricesController {
  constructor(@Inject(PRICES) private readonly prices: Prices) {}

  @RpcMethod(historyRpc.refreshPrices)
  async refreshPrices(payload: RequestOf<typeof historyRpc.refreshPrices>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.refreshPrices>>> {
    if (!isOperator(context)) return refused(FORBIDDEN);
    const done = await refreshPrices(this.prices.deps, payload, () => this.prices.wake());
    return done.ok ? answered(done.value) : refused(done.error);
  }

  @RpcMethod(historyRpc.unmappedSymbols)
  async unmappedSymbols(payload: RequestOf<typeof historyRpc.unmappedSymbols>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.unmappedSymbols>>> {
    if (!isOperator(context)) return refused(FORBIDDEN);
    const page = await listUnmapped(this.prices.deps.database, payload);
    return page.ok ? answered(page.value) : refused(page.error);
  }

  @RpcMethod(historyRpc.mapSymbol)
  async mapSymbol(payload: RequestOf<typeof historyRpc.mapSymbol>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.mapSymbol>>> {
    if (!isOperator(context)) return refused(FORBIDDEN);
    const done = await mapSymbol(this.prices.deps, { ...payload, by: context.userId });
    if (!done.ok) return refused(done.error);
    return answered(done.value.value, done.value.positions);
  }

  @RpcMethod(historyRpc.unmapSymbol)
  async unmapSymbol(payload: RequestOf<typeof historyRpc.unmapSymbol>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.unmapSymbol>>> {
    if (!isOperator(context)) return refused(FORBIDDEN);
    const done = await unmapSymbol(this.prices.deps, { ...payload, by: context.userId });
    return done.ok ? answered(done.value.value, done.value.positions) : refused(done.error);
  }
}

function isOperator({ scopes }: RpcContext): boolean {
  return scopes?.includes('ops') ?? false;
}
