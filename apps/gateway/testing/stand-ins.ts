/**
 * For tests of the gateway alone: a service that answers every contract of the API over real NATS, with values that keep to the
 * contract, and that knows whose things are whose. What a test wants otherwise it sets in `answers`.
 */
import { Controller } from '@nestjs/common';
import { problem, syncRpc } from '@tidemark/contracts';
import type { RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';
import { answered, createLogger, refused, RpcMethod, startNest } from '@tidemark/service';
import type { RunningNest } from '@tidemark/service';
import Value from 'typebox/value';
import type { TSchema } from 'typebox';
import { ROUTES } from '../src/routes/routes.js';

export interface Call {
  readonly subject: string;
  readonly payload: Record<string, unknown>;
  readonly context: RpcContext;
}

export interface StandIns {
  readonly calls: Call[];
  /** Subject → what to answer instead. */
  readonly answers: Map<string, (call: Call) => RpcReply<unknown> | Promise<RpcReply<unknown>>>;
  close(): Promise<void>;
}

/** Things of nobody else: any id that ends so belongs to another user. */
export const OF_ANOTHER_USER = '0b0b0b0b-0000-4000-8000-00000000ffff';
export const SOME_ID = '019aa000-0000-7000-8000-000000000001';

export async function startStandIns(natsUrl: string): Promise<StandIns> {
  const calls: Call[] = [];
  const answers: StandIns['answers'] = new Map();
  const contracts = [...new Map([...ROUTES.map((route) => route.contract), syncRpc.receiveWebhook].map((one) => [one.subject, one])).values()];
  const running: RunningNest[] = [];
  for (const name of new Set(contracts.map((one) => one.subject.split('.')[0] ?? ''))) {
    const own = contracts.filter((one) => one.subject.startsWith(`${name}.`));
    const controller = controllerOf(own, async (contract, payload, context) => {
      const call = { subject: contract.subject, payload: payload as Record<string, unknown>, context };
      calls.push(call);
      const instead = answers.get(contract.subject);
      if (instead) return instead(call);
      if (Object.values(call.payload).includes(OF_ANOTHER_USER)) return refused(problem('not_found', 'there is no such thing'));
      return answered(sampleOf(contract.response), [{ log: name, epoch: 1, partition: 3, position: calls.length }]);
    });
    running.push(await startNest({ module: { module: class Stand {}, controllers: [controller] }, name, port: 0, natsUrl, log: createLogger({ service: name, level: 'silent' }), ready: async () => ({}) }));
  }
  return { calls, answers, close: async () => void (await Promise.all(running.map((one) => one.close()))) };
}

type Serve = (contract: RpcContract, payload: unknown, context: RpcContext) => Promise<RpcReply<unknown>>;

function controllerOf(contracts: readonly RpcContract[], serve: Serve) {
  class Stand {}
  for (const contract of contracts) {
    const key = contract.subject;
    const value = (payload: unknown, context: RpcContext) => serve(contract, payload, context);
    Object.defineProperty(value, 'name', { value: key });
    Object.defineProperty(Stand.prototype, key, { value, writable: true, configurable: true });
    RpcMethod(contract)(Stand.prototype, key, Object.getOwnPropertyDescriptor(Stand.prototype, key) as never);
  }
  Controller()(Stand);
  return Stand;
}

/** A value that the schema takes: patterns are answered by what we know of them. */
export function sampleOf(schema: TSchema): unknown {
  const node = schema as unknown as Record<string, any>;
  if (node['anyOf']) return sampleOf(node['anyOf'][0]);
  if (node['enum']) return node['enum'][0];
  if (node['type'] === 'object') return Object.fromEntries(Object.entries((node['properties'] ?? {}) as Record<string, TSchema>).map(([name, field]) => [name, sampleOf(field)]));
  if (node['type'] === 'array') return node['items'] ? [sampleOf(node['items'])] : [];
  if (node['type'] === 'string') return textOf(node);
  return Value.Create(schema);
}

const TEXTS = [SOME_ID, '12.5', '0.5', '2026-11-21T09:36:00.000Z', '2026-11-21', '2026-11', 'USD', 'equity:AAPL', 'plaid', 'https://example.com/', 'ann@example.com', 'f'.repeat(64)];

function textOf(node: Record<string, any>): string {
  if (!node['pattern']) return 'text';
  const found = TEXTS.find((text) => new RegExp(node['pattern'] as string).test(text));
  if (found === undefined) throw new Error(`no sample for ${String(node['pattern'])}`);
  return found;
}
