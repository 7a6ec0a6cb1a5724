/**
 * Some providers have users of their own (SnapTrade): ours is registered there once, whoever asks first, and the secret is stored
 * before anything is done with it. Registering twice would lose the first secret, so a claim lets one request do it at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { userRef } from '@tidemark/credentials';
import type { Secret } from '@tidemark/credentials';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { giveUpClaim, takeClaim } from '../claim.js';
import { problemOf } from '../parts.js';
import type { ConfiguredProvider, Parts } from '../parts.js';

const CLAIM_MS = 120_000;
const PATIENCE_MS = 8_000;

type Needed = Pick<Parts, 'database' | 'credentials' | 'newId'>;

/** @returns null for a provider that has no users */
export async function ensureUserCredential(parts: Needed, provider: ConfiguredProvider, userId: string): Promise<Result<Secret | null, Problem>> {
  const ref = userRef(provider.port.id, userId);
  const name = userClaim(provider.port.id, userId);
  const holder = parts.newId();
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const known = await parts.credentials.get(ref);
    if (known) return ok(known);
    if (await takeClaim(parts.database, name, holder, CLAIM_MS)) break;
    if (performance.now() > end) return refuse(problem('unavailable', `You are being registered at ${provider.port.id} by another request. Try again in a moment.`));
    await sleep(100);
  }
  try {
    return await register(parts, provider, userId, ref);
  } finally {
    await giveUpClaim(parts.database, name, holder);
  }
}

export function userClaim(provider: string, userId: string): string {
  return `user/${provider}/${userId}`;
}

async function register(parts: Needed, { port }: ConfiguredProvider, userId: string, ref: string): Promise<Result<Secret | null, Problem>> {
  // Between the look and the claim another request may have finished.
  const known = await parts.credentials.get(ref);
  if (known) return ok(known);
  const registered = await port.registerUser(userId);
  if (!registered.ok) return refuse(problemOf(registered.error));
  if (registered.value === null) return ok(null);
  await parts.credentials.put({ ref, userId, secret: registered.value });
  return ok(registered.value);
}
