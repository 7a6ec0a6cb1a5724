/** Pages by key: a cursor is the key of the last item, opaque to clients. A changed list never repeats or skips because of an offset. */
import type { Problem } from '@tidemark/contracts';
import { DEFAULT_LIMIT, problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';

export interface Page {
  readonly limit: number;
  readonly after: readonly string[] | null;
}

/** @param list whose pages these are: a cursor of another list is none of this one; @param parts what each part of the key must look like */
export function readPage(query: { limit?: number; cursor?: string }, list: string, parts: readonly RegExp[]): Result<Page, Problem> {
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (query.cursor === undefined) return ok({ limit, after: null });
  const [of, ...after] = decode(query.cursor) ?? [];
  if (of === list && after.length === parts.length && after.every((part, at) => parts[at]?.test(part))) return ok({ limit, after });
  return refuse(problem('validation_failed', 'The cursor is none of ours.', { errors: [{ field: 'cursor', message: 'must be the nextCursor of the page before; leave it out for the first page' }] }));
}

function decode(cursor: string): string[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : null;
  } catch {
    // Not JSON: a cursor that somebody made up, and answered as one.
    return null;
  }
}

/** @param rows one more than `limit`, where there are more */
export function pageAfter<Row>(rows: readonly Row[], list: string, limit: number, key: (row: Row) => readonly string[]): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? Buffer.from(JSON.stringify([list, ...key(last)])).toString('base64url') : null };
}

export const INSTANT_PART = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
export const UUID_PART = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
