/** What is sealed: the secret and its note, as JSON. */
import { CredentialError } from './credential-store.js';
import type { NewCredential, Secret } from './credential-store.js';

export function toContent({ secret, note }: Pick<NewCredential, 'secret' | 'note'>): string {
  return JSON.stringify({ secret, ...(note === undefined ? {} : { note }) });
}

/** @throws CredentialError without a byte of the content */
export function fromContent(ref: string, text: string): { secret: Secret; note: unknown } {
  try {
    const { secret, note = null } = JSON.parse(text) as { secret?: unknown; note?: unknown };
    if (secret !== null && typeof secret === 'object' && Object.values(secret).every((value) => typeof value === 'string')) return { secret: secret as Secret, note };
  } catch {
    // Falls through: JSON.parse's own message would quote the content.
  }
  throw new CredentialError('malformed', `the credential ${ref} opens, but is none of Tidemark's`);
}
