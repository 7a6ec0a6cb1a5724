/** Where a page ended, as an opaque text: a keyset of an instant and an id, so that a page is found by index and new rows shift nothing. Pure. */
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import { isUuid, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';

export interface PageCursor {
  readonly at: string;
  readonly id: string;
}

export function encodeCursor({ at, id }: PageCursor): string {
  return btoa(`${at} ${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Null where none was given. */
export function readCursor(text: string | undefined): Result<PageCursor | null, Problem> {
  if (text === undefined) return ok(null);
  const [at = '', id = '', ...rest] = /^[\w-]{1,200}$/.test(text) ? decoded(text).split(' ') : [];
  if (rest.length === 0 && isUuid(id) && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(at) && Number.isFinite(Date.parse(at))) return ok({ at, id });
  const message = 'must be the nextCursor of the page before';
  return refuse(problem('validation_failed', `cursor: ${message}`, { errors: [{ field: 'cursor', message }] }));
}

function decoded(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // Not base64 at all: no cursor of ours.
    return '';
  }
}

/** One page of rows of which one more than `limit` was asked for. */
export function pageOfRows<R, T>(rows: readonly R[], limit: number, cursorOf: (row: R) => PageCursor, item: (row: R) => T): { items: T[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}
