/** The schemas that have a name in the documents, and how a schema is written with references to them. */
import { canonicalJson } from '@tidemark/kernel';
import { connectionsRpc, historyRpc, Money, PROBLEM_CODES, snapshotsRpc, syncRpc } from '@tidemark/contracts';
import type { TSchema } from 'typebox';
import { DevToken } from '../auth/dev-token.js';

export type Json = { [key: string]: unknown };

const NAMED: Readonly<Record<string, TSchema>> = {
  Money,
  DevToken,
  ...schemasOf(connectionsRpc),
  ...schemasOf(syncRpc),
  ...schemasOf(snapshotsRpc),
  ...schemasOf(historyRpc),
};

/** Exports of a contract file that are schemas: those written with a capital. */
function schemasOf(file: object): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(file).filter(([name, value]) => /^[A-Z][a-z]/.test(name) && isObjectSchema(value)));
}

function isObjectSchema(value: unknown): boolean {
  return (value as { type?: unknown } | null)?.type === 'object';
}

/** Which name a schema of this very shape has. */
const names = new Map(Object.entries(NAMED).map(([name, schema]) => [canonicalJson(plain(schema)), name]));

export function plain(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

/** The schema with `$ref` wherever a named one stands, below its own top where `top` is false. */
export function referenced(schema: unknown, top = true): unknown {
  if (Array.isArray(schema)) return schema.map((item) => referenced(item));
  if (schema === null || typeof schema !== 'object') return schema;
  const name = top && isObjectSchema(schema) ? names.get(canonicalJson(schema)) : undefined;
  if (name) return { $ref: `#/components/schemas/${name}` };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referenced(value)]));
}

export const PROBLEM_SCHEMA: Json = {
  type: 'object',
  description: 'RFC 9457. Further members depend on the code, such as `nextFreeRefreshAt` and `overrideCost` of `refresh_limited`.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', pattern: '^urn:tidemark:problem:[a-z_]+$' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'for people: what happened and what to do next' },
    code: { type: 'string', enum: [...PROBLEM_CODES], description: 'stable; what programs decide by' },
    requestId: { type: 'string', description: 'tell us this when you ask for help' },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['field', 'message'], properties: { field: { type: 'string' }, message: { type: 'string' } }, additionalProperties: false },
    },
  },
};

export function componentSchemas(): Json {
  const made = Object.entries(NAMED).map(([name, schema]) => [name, referenced(plain(schema), false)] as const);
  return { ...Object.fromEntries<unknown>(made), Problem: PROBLEM_SCHEMA };
}
