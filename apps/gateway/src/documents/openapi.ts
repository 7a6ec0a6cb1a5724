/** The OpenAPI 3.1 document, made from the very schemas that requests are checked against. */
import type { ProblemCode } from '@tidemark/contracts';
import type { TObject } from 'typebox';
import { shapeOf } from '../routes/route.js';
import type { Route } from '../routes/route.js';
import { ROUTES } from '../routes/routes.js';
import { componentSchemas, plain, referenced } from './components.js';
import type { Json } from './components.js';
import { extraPaths } from './other-paths.js';
import { problems } from './problems.js';

export interface OpenApiOptions {
  /** `/dev/token` is there in development only. */
  readonly development: boolean;
}

export function openApiDocument({ development }: OpenApiOptions): Json {
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tidemark', version: '1', description: 'Knows what a portfolio is, was and should be. Amounts are decimal strings; what is unknown is null, with a reason.' },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: ['Linking', 'Balances', 'History', 'Reconciliation', 'Alerts', 'Settings', 'Operators', 'Events', 'Webhooks', 'Service', ...(development ? ['Development'] : [])].map((name) => ({ name })),
    paths: { ...paths, ...extraPaths(development) },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, schemas: componentSchemas() },
  };
}

function operation(route: Route): Json {
  const shape = shapeOf(route);
  const status = String(route.status ?? 200);
  const write = route.method !== 'GET';
  const headers = {
    ...(write ? { 'Tidemark-Position': header('Send it with a read, and the read sees this write.') } : { 'Tidemark-Stale': header('`true` where the read model had not come as far as Tidemark-Position within 2 s.') }),
    ...(route.answersPosition ? { 'Tidemark-Position': header('Once it has ended: send it with a read, and the read sees what this brought.') } : {}),
  };
  const success: Json = { description: 'Done', headers };
  if (route.answersFile) success['content'] = { 'text/csv': { schema: { type: 'string' } }, 'application/json': { schema: {} } };
  else if (status !== '204') success['content'] = { 'application/json': { schema: referenced(plain(route.contract.response)) } };
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    ...(route.scope ? { description: `Needs the scope \`${route.scope}\`.` } : {}),
    parameters: [...parameters(shape.params, 'path'), ...parameters(shape.query, 'query'), ...headerParameters(route)],
    ...(shape.body ? { requestBody: { required: (shape.body.required ?? []).length > 0, content: { 'application/json': { schema: referenced(plain(shape.body)) } } } } : {}),
    responses: { [status]: success, ...problems(refusalsOf(route, shape.body !== null)) },
  };
}

function header(description: string): Json {
  return { description, schema: { type: 'string' } };
}

function parameters(fields: TObject, place: 'path' | 'query'): Json[] {
  const required = new Set(fields.required ?? []);
  return Object.entries(fields.properties).map(([name, schema]) => ({ name, in: place, required: place === 'path' || required.has(name), schema: plain(schema) }));
}

function headerParameters(route: Route): Json[] {
  const position = { name: 'Tidemark-Position', in: 'header', required: false, description: 'What a write answered: this read sees it.', schema: { type: 'string', maxLength: 2_000 } };
  const key = { name: 'Idempotency-Key', in: 'header', required: false, description: 'The same key and body give the same answer.', schema: { type: 'string', minLength: 1, maxLength: 255 } };
  return route.method === 'POST' ? [key] : route.method === 'GET' ? [position] : [];
}

function refusalsOf(route: Route, body: boolean): ProblemCode[] {
  return [
    'validation_failed', 'unauthenticated', 'rate_limited', 'internal', 'unavailable', 'timeout',
    ...(route.params ? (['not_found'] as const) : []),
    ...(body ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(route.method === 'GET' ? (['answer_too_large'] as const) : []),
    ...(route.method === 'POST' ? (['idempotency_conflict', 'idempotency_in_progress'] as const) : []),
    ...(route.slow ? (['provider_rate_limited', 'provider_error', 'provider_malformed'] as const) : []),
    ...(route.scope ? (['forbidden'] as const) : []),
    ...(route.refusals ?? []),
  ];
}
