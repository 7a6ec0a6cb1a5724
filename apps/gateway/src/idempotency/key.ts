/** The header `Idempotency-Key`, as the IETF draft of that name has it: an opaque text, in quotes or without. */
import type { FastifyRequest } from 'fastify';
import { refusal } from '../problem/answer.js';

/** @returns null where there is none. @throws Refusal where it is no key */
export function idempotencyKey(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw refusal('validation_failed', 'the header Idempotency-Key is not accepted', { errors: [{ field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters, such as a UUID' }] });
}
