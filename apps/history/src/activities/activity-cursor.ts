/** Where a page of activities ended, as an opaque text: a keyset, so that a page is found by index and new transactions shift nothing. Pure. */
import { isUuid } from '@tidemark/kernel';
import { isDay } from '@tidemark/market';

export interface ActivityCursor {
  readonly day: string;
  readonly transactionId: string;
}

export function encodeCursor({ day, transactionId }: ActivityCursor): string {
  return btoa(`${day} ${transactionId}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns null where the text was not made by `encodeCursor` */
export function decodeCursor(text: string): ActivityCursor | null {
  if (!/^[\w-]{1,200}$/.test(text)) return null;
  const [day = '', transactionId = '', ...rest] = decoded(text).split(' ');
  return rest.length === 0 && isDay(day) && isUuid(transactionId) ? { day, transactionId } : null;
}

function decoded(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // Not base64 at all: no cursor of ours.
    return '';
  }
}
