/**
 * Ids are pure functions of what they are made from. A new thing gets a UUIDv7 of its time and given
 * randomness; a thing that another thing causes gets a UUIDv5 of (namespace, name), so that doing it twice
 * gives the same id and the log refuses the copy.
 */
import { v5, v7, validate } from 'uuid';

/** Sixteen random bytes, given by the caller. */
export type RandomBytes = () => Uint8Array;

export type NewId = () => string;

/** @param now milliseconds since the epoch; @param random 16 random bytes */
export function uuidV7(now: number, random: Uint8Array): string {
  return v7({ msecs: now, random });
}

/** The same (namespace, name) gives the same id for ever (RFC 9562, section 5.5). */
export function uuidV5(namespace: string, name: string): string {
  return v5(name, namespace);
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && validate(value);
}

/** Root namespaces of derived ids. Never change one: ids of stored events depend on it. */
export const NAMESPACE = {
  account: '5b7cf2ad-3c46-5f4e-9d2e-0d4e54a4b7a1',
  reaction: '0f0a3d0e-8f0e-5c57-8d52-6d5bb1a0e6a2',
  webhook: '9d1a2c34-1b5e-5a0c-8a7e-2f4f6a8c0e13',
  transaction: 'c2e4a6b8-7d9f-5b1d-9c3e-4a6b8d0f2e35',
  refreshCost: 'e7a1b3c5-4d6f-5e8a-8b0c-2d4e6f8a0b57',
} as const;

/** An account of a connection has one id however often, and by whomever, it is discovered. */
export function accountIdOf(connectionId: string, providerAccountId: string): string {
  return uuidV5(NAMESPACE.account, `${connectionId}/${providerAccountId}`);
}
