/** Where a page ended, as an opaque text: a keyset of time and id, so that a page is found by index and new rows shift nothing. Pure. */
import { isUuid } from '@tidemark/kernel';

export interface PageCursor {
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly id: string;
}

export function encodeCursor({ at, id }: PageCursor): string {
  return btoa(`${at} ${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns null where the text was not made by `encodeCursor` */
export function decodeCursor(text: string): PageCursor | null {
  if (!/^[\w-]{1,200}$/.test(text)) return null;
  const [at = '', id = '', ...rest] = decoded(text).split(' ');
  return rest.length === 0 && /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z$/.test(at) && Number.isFinite(Date.parse(at)) && isUuid(id) ? { at, id } : null;
}

function decoded(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // Not base64 at all: no cursor of ours.
    return '';
  }
}
