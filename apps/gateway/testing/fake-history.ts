/** For tests of the gateway alone: answers requests to watch over real NATS, and publishes the values that a test gives. */
import { Controller } from '@nestjs/common';
import { liveRpc, problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, connectNats, createLogger, refused, RpcMethod, startNest } from '@tidemark/service';
import { OF_ANOTHER_USER } from './stand-ins.js';

export interface FakeHistory {
  readonly watches: Map<string, RequestOf<typeof liveRpc.watch> & { userId: string }>;
  /** Forgets every watch, as after a long absence. */
  forget(): void;
  /** @param given what else the value says */
  publish(userId: string, value: string, given?: Partial<liveRpc.LiveValue>): void;
  close(): Promise<void>;
}

export function valueMessage(value: string, given: Partial<liveRpc.LiveValue> = {}): liveRpc.LiveValueMessage {
  const data: liveRpc.LiveValue = {
    account: null, source: 'all', currency: 'USD', day: '2026-11-20', value, cash: '1', previousClose: '100', netFlow: '0', dayChange: '1', dayChangePercent: '1', open: '100', high: '101', low: '99',
    marketState: 'open', complete: true, quality: 100, reasons: [], ...given,
  };
  return { channel: 'value', data, at: '2026-11-20T15:00:00.000Z' };
}

export async function startFakeHistory(natsUrl: string): Promise<FakeHistory> {
  const nats = await connectNats(natsUrl, 'history');
  const watches: FakeHistory['watches'] = new Map();
  const say = (watchId: string, value: string, account?: string, given: Partial<liveRpc.LiveValue> = {}) => nats.publish(liveRpc.watchSubject(watchId), JSON.stringify(valueMessage(value, { account: account ?? null, ...given })));

  @Controller()
  class Watches {
    @RpcMethod(liveRpc.watch)
    async watch(payload: RequestOf<typeof liveRpc.watch>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof liveRpc.watch>>> {
      if (payload.account === OF_ANOTHER_USER) return refused(problem('not_found', `There is no account ${payload.account}.`));
      watches.set(payload.watchId, { ...payload, userId });
      say(payload.watchId, '100', payload.account);
      return answered({ leaseMs: 30_000 });
    }

    @RpcMethod(liveRpc.keepWatches)
    async keep({ keep, end }: RequestOf<typeof liveRpc.keepWatches>): Promise<RpcReply<ResponseOf<typeof liveRpc.keepWatches>>> {
      for (const watchId of end) watches.delete(watchId);
      return answered({ unknown: keep.filter((watchId) => !watches.has(watchId)) });
    }
  }

  const nest = await startNest({ module: { module: class Fake {}, controllers: [Watches] }, name: 'history', port: 0, natsUrl, nats, log: createLogger({ service: 'history', level: 'silent' }), ready: async () => ({}) });
  return {
    watches,
    forget: () => watches.clear(),
    publish: (userId, value, given) => {
      for (const [watchId, watch] of watches) if (watch.userId === userId) say(watchId, value, watch.account, given);
    },
    close: async () => {
      await nest.close();
      await nats.close();
    },
  };
}
