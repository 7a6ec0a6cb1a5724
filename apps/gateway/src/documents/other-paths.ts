/** What is served beside the routes that are requests to a service: events, webhooks, tokens of development, health. */
import { CATALOGUE, syncRpc } from '@tidemark/contracts';
import type { ProblemCode } from '@tidemark/contracts';
import { LIVE_PROTOCOL } from '../live/live-messages.js';
import { DevTokenRequest } from '../auth/dev-token.js';
import { WEBHOOK_PROVIDERS } from '../webhooks/webhook.routes.js';
import { plain } from './components.js';
import type { Json } from './components.js';
import { problems } from './problems.js';

export function extraPaths(development: boolean): Record<string, Json> {
  return {
    '/api/v1/events': { get: events() },
    '/api/v1/live': { get: live() },
    ...Object.fromEntries(WEBHOOK_PROVIDERS.map((provider) => [`/api/v1/webhooks/${provider}`, { post: webhook(provider) }])),
    ...(development ? { '/api/v1/dev/token': { post: devToken() } } : {}),
    '/health/live': { get: open('live', 'Whether the process lives', 'application/json', { type: 'object' }) },
    '/health/ready': { get: { ...open('ready', 'Whether it can do its work, part by part', 'application/json', { type: 'object' }), responses: { 200: answer('application/json', { type: 'object' }), 503: answer('application/json', { type: 'object' }) } } },
    '/metrics': { get: open('metrics', 'Numbers for Prometheus', 'text/plain', { type: 'string' }) },
  };
}

function answer(type: string, schema: Json): Json {
  return { description: 'The answer', content: { [type]: { schema } } };
}

function open(operationId: string, summary: string, type: string, schema: Json): Json {
  return { operationId, tags: ['Service'], summary, security: [], responses: { 200: answer(type, schema) } };
}

function refused(...codes: ProblemCode[]): Json {
  return problems([...codes, 'rate_limited', 'internal', 'unavailable']);
}

function events(): Json {
  return {
    operationId: 'events',
    tags: ['Events'],
    summary: 'The user\'s own events as server-sent events, each one CloudEvents JSON; see /asyncapi.json',
    parameters: [
      { name: 'types', in: 'query', required: false, description: `Comma separated: ${Object.keys(CATALOGUE).join(', ')}`, schema: { type: 'string' } },
      { name: 'after', in: 'query', required: false, description: 'The id of the last event that was seen; everything from the beginning without it.', schema: { type: 'string', maxLength: 1_000 } },
      { name: 'Last-Event-ID', in: 'header', required: false, description: 'The same, as browsers send it; it goes before `after`.', schema: { type: 'string' } },
    ],
    responses: { 200: answer('text/event-stream', { type: 'string' }), ...refused('validation_failed', 'unauthenticated') },
  };
}

/** OpenAPI has no word for what is said over a socket; docs/live.md shows every message, from the same schemas. */
function live(): Json {
  return {
    operationId: 'live',
    tags: ['Events'],
    summary: 'A WebSocket: values, syncs and connections as they change',
    description: `Send \`{"token": "…"}\` first, or the token in the handshake: \`Authorization\`, or \`Sec-WebSocket-Protocol: ${LIVE_PROTOCOL}, bearer.<token>\`. Then \`{"subscribe": ["value", "sync", "alerts", "connections"], account?, source?, currency?}\` is answered with \`{channel, data, at}\` whenever something changes. Messages and close codes: docs/live.md.`,
    security: [],
    responses: { 101: { description: 'The socket is open' }, ...refused('validation_failed', 'forbidden') },
  };
}

function webhook(provider: string): Json {
  return {
    operationId: `${provider}Webhook`,
    tags: ['Webhooks'],
    summary: `Where ${provider} sends its webhooks; its signature is required`,
    security: [],
    requestBody: { required: true, content: { 'application/json': { schema: {} } } },
    responses: { 200: answer('application/json', plain(syncRpc.receiveWebhook.response)), ...refused('validation_failed', 'webhook_refused', 'payload_too_large', 'timeout') },
  };
}

function devToken(): Json {
  return {
    operationId: 'devToken',
    tags: ['Development'],
    summary: 'A token for whoever asks; not there in production',
    security: [],
    requestBody: { required: false, content: { 'application/json': { schema: plain(DevTokenRequest) } } },
    responses: { 200: answer('application/json', { $ref: '#/components/schemas/DevToken' }), ...refused('validation_failed', 'payload_too_large', 'unsupported_media_type') },
  };
}
