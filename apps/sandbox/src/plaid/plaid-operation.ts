/**
 * One Plaid operation: keys checked, item found by its access token, limits counted, then its handler.
 * Everything is POST with a JSON body; keys come in headers or in the body.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import { PlaidError, type PlaidErrorCode } from './plaid-error.js';

export type PlaidBody = Record<string, unknown>;

interface Limit {
  perItem?: number;
  perClient: number;
  code: PlaidErrorCode;
}

export interface PlaidOperation {
  operation: string;
  path: string;
  limit?: Limit;
}

/** An operation about an item, which its access token names. */
export function itemOperation(
  app: FastifyInstance,
  sandbox: Sandbox,
  name: PlaidOperation,
  handler: (item: PlaidItem, body: PlaidBody) => object | Promise<object>,
): void {
  clientOperation(app, sandbox, name, (body, request) => {
    const item = itemOf(sandbox, body);
    request.call.entry.subject = item.itemId;
    takeFromLimit(sandbox, name, `item/${item.itemId}`, 'perItem');
    return handler(item, body);
  });
}

/** An operation of the client itself. */
export function clientOperation(
  app: FastifyInstance,
  sandbox: Sandbox,
  name: PlaidOperation,
  handler: (body: PlaidBody, request: FastifyRequest) => object | Promise<object>,
): void {
  app.post(name.path, { config: { name } }, async (request) => {
    const body = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as PlaidBody;
    authenticate(sandbox, request, body);
    takeFromLimit(sandbox, name, 'client', 'perClient');
    return { ...(await handler(body, request)), request_id: request.call.requestId };
  });
}

function authenticate(sandbox: Sandbox, request: FastifyRequest, body: PlaidBody): void {
  const given = (header: string, field: string): string => {
    const value = request.headers[header] ?? body[field];
    return typeof value === 'string' ? value : '';
  };
  const clientId = given('plaid-client-id', 'client_id');
  const secret = given('plaid-secret', 'secret');
  if (clientId === '' || secret === '') throw new PlaidError('MISSING_FIELDS', clientId === '' ? 'client_id' : 'secret');
  const right = sandbox.credentials.plaid;
  if (!same(clientId, right.clientId) || !same(secret, right.secret)) throw new PlaidError('INVALID_API_KEYS');
}

function same(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

function itemOf(sandbox: Sandbox, body: PlaidBody): PlaidItem {
  const token = text(body, 'access_token');
  if (!/^access-sandbox-/.test(token)) {
    throw new PlaidError('INVALID_ACCESS_TOKEN', 'access tokens look like access-sandbox-<identifier>');
  }
  const item = sandbox.links.itemByAccessToken(token);
  if (item === undefined) throw new PlaidError('INVALID_ACCESS_TOKEN');
  if (item.removed) throw new PlaidError('ITEM_NOT_FOUND');
  return item;
}

function takeFromLimit(sandbox: Sandbox, { operation, limit }: PlaidOperation, key: string, which: 'perItem' | 'perClient'): void {
  const settings = sandbox.world.world.rateLimits;
  const most = settings?.overrides?.[operation]?.[which] ?? limit?.[which];
  if (limit === undefined || most === undefined || settings?.enabled === false) return;
  if (!sandbox.limits.take(`plaid/${operation}/${key}`, most).allowed) throw new PlaidError(limit.code);
}

/** A required string of the body. */
export function text(body: PlaidBody, field: string): string {
  const value = body[field];
  if (value === undefined || value === null || value === '') throw new PlaidError('MISSING_FIELDS', field);
  if (typeof value !== 'string') throw new PlaidError('INVALID_FIELD', `${field} must be a string`);
  return value;
}

export function optionalText(body: PlaidBody, field: string): string | null {
  return body[field] === undefined || body[field] === null ? null : text(body, field);
}

/** A list of strings of the body, empty where it is absent. */
export function texts(body: PlaidBody, field: string): string[] {
  const value = body[field] ?? [];
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
    throw new PlaidError('INVALID_FIELD', `${field} must be a list of strings`);
  }
  return value as string[];
}

/** A whole number within bounds, or its default. */
export function count(body: PlaidBody, field: string, preset: number | null, least: number, most: number): number {
  const value = body[field] ?? preset;
  if (value === null) throw new PlaidError('MISSING_FIELDS', field);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new PlaidError('INVALID_FIELD', `${field} must be a whole number between ${least} and ${most}`);
  }
  return value;
}

export function options(body: PlaidBody): PlaidBody {
  const value = body['options'] ?? {};
  if (typeof value !== 'object') throw new PlaidError('INVALID_FIELD', 'options must be an object');
  return value as PlaidBody;
}
