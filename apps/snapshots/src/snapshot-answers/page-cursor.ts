/** Where a page of snapshots ended, as an opaque text: a keyset, so that a page is found by index and new snapshots shift nothing. */
export interface PageCursor {
  readonly capturedAt: string;
  readonly epoch: number;
  readonly position: number;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export function encodeCursor(cursor: PageCursor): string {
  return btoa(`${cursor.capturedAt} ${cursor.epoch} ${cursor.position}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns null where the text was not made by `encodeCursor` */
export function decodeCursor(text: string): PageCursor | null {
  if (!/^[\w-]{1,200}$/.test(text)) return null;
  const [capturedAt = '', epoch = '', position = '', ...rest] = decoded(text).split(' ');
  const sound = rest.length === 0 && INSTANT.test(capturedAt) && Number.isFinite(Date.parse(capturedAt)) && /^\d{1,9}$/.test(epoch) && /^\d{1,15}$/.test(position);
  return sound ? { capturedAt, epoch: Number(epoch), position: Number(position) } : null;
}

function decoded(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // Not base64 at all: no cursor of ours.
    return '';
  }
}
