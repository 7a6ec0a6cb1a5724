/** The cursor of `/events`: how far a reader has come in each log, by epoch and position. Opaque to clients. */
import type { FeedPosition } from '@tidemark/event-log';

const NUMBER = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function encodeCursor(at: FeedPosition): string {
  return Buffer.from(JSON.stringify(Object.entries(at).map(([log, { epoch, position }]) => [log, epoch, position]))).toString('base64url');
}

/** @returns null where it was not made by `encodeCursor` for these logs */
export function decodeCursor(text: string, logs: readonly string[]): FeedPosition | null {
  if (text.length > 1_000 || !/^[\w-]+$/.test(text)) return null;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const at: Record<string, { epoch: number; position: number }> = {};
  for (const part of parts) {
    if (!Array.isArray(part)) return null;
    const [log, epoch, position] = part as unknown[];
    if (typeof log !== 'string' || !logs.includes(log) || !NUMBER(epoch) || !NUMBER(position)) return null;
    at[log] = { epoch, position };
  }
  return at;
}
