/**
 * How a receiver knows that a webhook is ours and new: an HMAC-SHA256 over the time and the body, under the rule's secret. docs/alerts.md has
 * the other side of it, which a test runs against a real delivery.
 */
import { createHmac } from 'node:crypto';

/** @param at milliseconds since the epoch. @returns the value of the header `Tidemark-Signature` */
export function signature(secret: string, body: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
