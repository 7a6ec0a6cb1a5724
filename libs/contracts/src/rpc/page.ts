/** Lists: `{items, nextCursor}`; a cursor is opaque to clients. */
import Type from 'typebox';
import type { TSchema } from 'typebox';
import { nullable } from '../schema.js';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 500;

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: 'how many items at the most, 1 to 500 (default 100)' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'nextCursor of the page before' })),
};

export function pageOf<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), nextCursor: nullable(Type.String()) });
}
