import { Controller, Module } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/nats-core';
import { contract, problem, strict } from '@tidemark/contracts';
import type { RpcContext, RpcReply } from '@tidemark/contracts';
import { startNats } from '@tidemark/testing';
import type { Nats } from '@tidemark/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import { startNest } from '../http/start-nest.js';
import type { RunningNest } from '../http/start-nest.js';
import { createLogger } from '../logger.js';
import { connectNats } from '../nats.js';
import { currentRequest } from '../request-context.js';
import { jsonText } from './json-text.js';
import { rawValue } from './raw-value.js';
import { answered, refused } from './reply.js';
import { RpcClient } from './rpc-client.js';
import { RpcMethod } from './rpc-method.js';

const double = contract('doubler.double', strict({ of: Type.Integer({ minimum: 0, maximum: 100 }) }), strict({ is: Type.Integer(), for: Type.String() }));
const fail = contract('doubler.fail', strict({}), strict({}));
const large = contract('doubler.large', strict({ bytes: Type.Integer(), noise: Type.Boolean() }), Type.Object({ text: Type.String() }));
const lie = contract('doubler.lie', strict({}), strict({ is: Type.Integer() }));
const written = contract('doubler.written', strict({ text: Type.String() }), strict({ is: Type.Integer(), for: Type.String() }));
const refuse = contract('doubler.refuse', strict({}), strict({}));
const slow = contract('doubler.slow', strict({}), strict({}));
const nobody = contract('nobody.home', strict({}), strict({}));
const echo = contract('doubler.echo', Type.Object({ text: Type.String() }), strict({ length: Type.Integer() }));

@Controller()
class Doubler {
  @RpcMethod(double)
  async double(payload: { of: number }, context: RpcContext) {
    return answered({ is: payload.of * 2, for: context.userId }, [{ log: 'doubler', epoch: 1, partition: 0, position: 7 }]);
  }
  @RpcMethod(fail)
  async fail(): Promise<RpcReply<object>> {
    throw new Error('the password is hunter2');
  }
  @RpcMethod(large)
  async large(payload: { bytes: number; noise: boolean }) {
    return answered({ text: payload.noise ? randomBytes(payload.bytes / 2).toString('hex') : 'x'.repeat(payload.bytes) });
  }
  @RpcMethod(lie)
  async lie() {
    return answered({ is: 1, more: 2 });
  }
  @RpcMethod(written)
  async written({ text }: { text: string }) {
    return answered(jsonText<{ is: number; for: string }>(text));
  }
  @RpcMethod(refuse)
  async refuse() {
    return refused(problem('conflict', `asked as ${currentRequest()?.requestId}`));
  }
  @RpcMethod(slow)
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return answered({});
  }
  @RpcMethod(echo)
  async echo(payload: { text: string }) {
    return answered({ length: payload.text.length });
  }
}

@Module({ controllers: [Doubler] })
class DoublerModule {}

const context: RpcContext = { userId: 'ann', requestId: 'r-1' };

describe('requests between services', () => {
  let nats: Nats;
  let connection: NatsConnection;
  let client: RpcClient;
  const services: RunningNest[] = [];
  const lines: string[] = [];
  const log = createLogger({ service: 'doubler', destination: { write: (line) => void lines.push(line) } });

  beforeAll(async () => {
    nats = await startNats({ jetstream: false });
    connection = await connectNats(nats.url, 'test');
    client = new RpcClient({ nats: connection });
    for (let replica = 0; replica < 2; replica += 1) services.push(await startNest({ module: DoublerModule, name: 'doubler', port: 0, natsUrl: nats.url, log, ready: async () => ({ parts: 'up' }) }));
  });
  afterAll(async () => {
    for (const service of services) await service.close();
    await connection.close();
    await nats.stop();
  });

  it('carries payload, context and positions', async () => {
    const reply = await client.call(double, { of: 21 }, context);
    expect(reply).toEqual({ ok: true, value: { is: 42, for: 'ann' }, positions: [{ log: 'doubler', epoch: 1, partition: 0, position: 7 }] });
  });

  it('names every field that is wrong and what would be accepted', async () => {
    const reply = await client.call(double, { of: 101, off: 1 } as never, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'off', message: 'is not known here; known are of' }, { field: 'of', message: 'must be a whole number of at least 0 and at most 100' }] } });
  });

  it('answers an unexpected error without its details and logs it once with the request id', async () => {
    lines.length = 0;
    const reply = await client.call(fail, {}, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(reply)).not.toContain('hunter2');
    const errors = lines.map((line) => JSON.parse(line)).filter((line) => line.level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ service: 'doubler', requestId: 'r-1', userId: 'ann', subject: 'doubler.fail' });
  });

  it('answers a problem where the answer or the request does not fit into a message', async () => {
    expect(await client.call(large, { bytes: 4_000_000, noise: true }, context)).toMatchObject({ ok: false, error: { code: 'answer_too_large' } });
    expect(await client.call(echo, { text: randomBytes(2_000_000).toString('hex') }, context)).toMatchObject({ ok: false, error: { code: 'payload_too_large' } });
  });

  it('packs what is larger than a message takes', async () => {
    for (const bytes of [1_040_000, 1_046_000, 8_000_000]) {
      const reply = await client.call(large, { bytes, noise: false }, context);
      expect(reply.ok && reply.value.text.length).toBe(bytes);
      expect(await client.call(echo, { text: 'y'.repeat(bytes) }, context)).toMatchObject({ ok: true, value: { length: bytes } });
    }
  });

  it('sends a value that is JSON already as it is, and checks it against the contract as any other', async () => {
    const reply = await client.call(written, { text: '{ "is": 8, "for": "Zoë" }' }, context);
    expect(Buffer.from(rawValue(reply) ?? []).toString()).toBe('{ "is": 8, "for": "Zoë" }');
    expect(reply).toEqual({ ok: true, value: { is: 8, for: 'Zoë' } });
    expect(await client.call(written, { text: '{"is":8}' }, context)).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  it('gives a value as the service wrote it, packed or not, and parses it where it is looked at', async () => {
    for (const bytes of [5, 4_000_000]) {
      const reply = await client.call(large, { bytes, noise: false }, context);
      expect(Buffer.from(rawValue(reply) ?? []).toString()).toBe(JSON.stringify({ text: 'x'.repeat(bytes) }));
      expect(reply).toMatchObject({ ok: true, value: { text: 'x'.repeat(bytes) } });
    }
    const doubled = await client.call(double, { of: 4 }, { ...context, userId: 'Zoë 😀' });
    expect(Buffer.from(rawValue(doubled) ?? []).toString()).toBe('{"is":8,"for":"Zoë 😀"}');
    expect(doubled).toEqual({ ok: true, value: { is: 8, for: 'Zoë 😀' }, positions: [{ log: 'doubler', epoch: 1, partition: 0, position: 7 }] });
    expect(rawValue(await client.call(refuse, {}, context))).toBeNull();
  });

  it('refuses to answer other than the contract says', async () => {
    expect(await client.call(lie, {}, context)).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  it('passes refusals on and knows the request while it is served', async () => {
    expect(await client.call(refuse, {}, context)).toEqual({ ok: false, error: { code: 'conflict', detail: 'asked as r-1' } });
  });

  it('says when nobody listens and when the answer takes too long', async () => {
    expect(await client.call(nobody, {}, context)).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await client.call(slow, {}, context, { timeoutMs: 50 })).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });

  it('answers what is no packet at all', async () => {
    for (const bytes of ['', 'no json', '7', 'null', '{"id":"1"}', '{"id":"1","data":{"context":{"userId":"","requestId":"x"},"payload":{}}}']) {
      const answer = await connection.request('doubler.double', bytes, { timeout: 2_000 });
      expect(answer.json()).toMatchObject({ response: { ok: false, error: { code: 'validation_failed' } } });
    }
  });

  it('serves health and metrics of its own', async () => {
    const at = `http://127.0.0.1:${services[0]?.port}`;
    expect(await (await fetch(`${at}/health/live`)).json()).toEqual({ status: 'up' });
    expect(await (await fetch(`${at}/health/ready`)).json()).toEqual({ status: 'up', service: 'doubler', checks: { nats: 'up', parts: 'up' } });
    const metrics = await (await fetch(`${at}/metrics`)).text();
    expect(metrics).toContain('process_resident_memory_bytes');
    expect(metrics).toContain('tidemark_rpc_duration_seconds');
  });

  it('names the variable when its port is taken', async () => {
    const taken = services[0]?.port ?? 0;
    await expect(startNest({ module: DoublerModule, name: 'doubler', port: taken, natsUrl: nats.url, log, ready: async () => ({}) })).rejects.toThrow(/DOUBLER_HTTP_PORT: port \d+ is taken/);
  });

  it('answers what it is serving before it closes', async () => {
    const last = await startNest({ module: { module: class Alone {}, controllers: [Slow] }, name: 'alone', port: 0, natsUrl: nats.url, log, ready: async () => ({}) });
    const serving = new Promise<void>((resolve) => { onServed = resolve; });
    const asked = client.call(alone, {}, context);
    await serving;
    await last.close();
    expect(await asked).toMatchObject({ ok: true });
  });
});

const alone = contract('alone.slow', strict({}), strict({}));
let onServed = (): void => undefined;

@Controller()
class Slow {
  @RpcMethod(alone)
  async slow() {
    onServed();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return answered({});
  }
}
