/** `/_control`: what a test or a person at the keyboard does to the simulated world. Loopback only, no keys. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { isWrongData, WRONG_DATA } from '../fmp/wrong-data.js';
import { FAULT_KINDS, type Fault } from '../server/faults.js';
import type { Sandbox } from '../server/sandbox.js';
import { linkControl } from './links.js';
import { marketControl } from './market.js';
import { defined, objectOf, oneOf, onlyFields, optionalString, optionalWhole, problem, Refusal, type ControlBody } from './refusal.js';
import { webhookControl } from './webhooks.js';
import { followWorld, worldControl } from './world.js';

export function control(sandbox: Sandbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.addHook('onRequest', async (request) => {
      if (!/^(127\.|::1$|::ffff:127\.)/.test(request.ip)) throw new Refusal(403, 'control is for this machine only');
    });
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error instanceof Refusal ? error.status : (error.statusCode ?? 500);
      if (status >= 500) sandbox.log.error('a control request failed', { error: error.stack ?? error.message });
      return reply.code(status).send({ error: error.message, problems: error instanceof Refusal ? error.problems : [] });
    });
    followWorld(sandbox);
    for (const routes of [worldControl, linkControl, webhookControl, clockControl, faultControl, requestControl, marketControl]) routes(app, sandbox);
  };
}

function clockControl(app: FastifyInstance, sandbox: Sandbox): void {
  const answer = (): { now: string } => ({ now: sandbox.clock.now().toISOString() });
  app.get('/clock', async () => answer());
  app.post('/clock', async (request) => {
    const body = objectOf(request.body);
    onlyFields(body, ['now']);
    const now = body['now'];
    if (now !== null && (typeof now !== 'string' || Number.isNaN(Date.parse(now)))) throw problem('now', 'must be an instant such as 2026-11-21T10:00:00Z, or null for real time');
    sandbox.clock.set(now === null ? null : new Date(now));
    return answer();
  });
}

function faultControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/faults', async () => ({ faults: sandbox.faults.list() }));
  app.delete('/faults', async (_request, reply) => {
    sandbox.faults.clear();
    return reply.code(204).send();
  });
  app.post('/faults', async (request, reply) => {
    const fault = faultFrom(objectOf(request.body));
    sandbox.faults.add(fault);
    return reply.code(201).send(fault);
  });
}

function faultFrom(body: ControlBody): Fault {
  onlyFields(body, ['provider', 'operation', 'kind', 'times', 'status', 'code', 'body', 'headers', 'delayMs', 'share', 'match', 'day']);
  const code = optionalString(body, 'code');
  if (body['kind'] === 'wrong' && (body['provider'] !== 'fmp' || !isWrongData(code))) throw problem('code', `must be one of ${WRONG_DATA.join(', ')} for the kind wrong, which only the provider fmp has`);
  const headers = body['headers'] === undefined ? undefined : objectOf(body['headers']);
  return defined<Fault>({
    provider: oneOf(body, 'provider', ['plaid', 'snaptrade', 'coinbase', 'dydx', 'fmp']),
    operation: optionalString(body, 'operation') ?? '*',
    kind: oneOf(body, 'kind', FAULT_KINDS),
    times: optionalWhole(body, 'times', 1, 1_000_000) ?? 1,
    status: optionalWhole(body, 'status', 100, 599),
    code,
    body: body['body'],
    headers: headers === undefined ? undefined : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    delayMs: optionalWhole(body, 'delayMs', 0, 600_000),
    share: optionalWhole(body, 'share', 1, 100),
    match: optionalString(body, 'match'),
    day: optionalString(body, 'day'),
  });
}

function requestControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/requests', async (request) => {
    const { provider, operation } = request.query as { provider?: string; operation?: string };
    return { requests: sandbox.requests.list(defined<{ provider?: string; operation?: string }>({ provider, operation })), counts: sandbox.requests.counts() };
  });
  app.delete('/requests', async (_request, reply) => {
    sandbox.requests.clear();
    return reply.code(204).send();
  });
}
