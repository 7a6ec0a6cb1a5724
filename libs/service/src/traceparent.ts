/** W3C Trace Context, level 1: `00-<trace id>-<parent id>-<flags>`, in lower case hex. */
import { randomBytes } from 'node:crypto';

export interface SpanRef {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** @returns null where the header is not one (then a trace of one's own is begun) */
export function parseTraceparent(header: string): SpanRef | null {
  const match = TRACEPARENT.exec(header);
  return match ? { traceId: match[1] ?? '', spanId: match[2] ?? '', traceFlags: Number.parseInt(match[3] ?? '0', 16) } : null;
}

/** Goes on with the caller's trace where the header is sound, and begins one otherwise. */
export function continueTrace(header: string | undefined): string {
  const parent = header ? parseTraceparent(header) : null;
  const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
  const flags = (parent?.traceFlags ?? 0).toString(16).padStart(2, '0');
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}
