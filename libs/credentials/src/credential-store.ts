/**
 * Where secrets of providers live: apart from the services' databases, never in an event, on the bus or in a log. Connections
 * stores a credential before it appends anything about it; sync reads with a role that can do nothing else.
 */

/** Secrets as the provider's adapter made them; nobody else looks inside. */
export type Secret = Readonly<Record<string, string>>;

export interface NewCredential {
  /** Made by `connectionRef` or `userRef`. */
  readonly ref: string;
  readonly userId: string;
  readonly secret: Secret;
  /** What belongs to the secret and must not be lost between storing it and appending the event that names it; sealed with it. */
  readonly note?: unknown;
}

export interface StoredCredential {
  readonly ref: string;
  readonly userId: string;
  readonly secret: Secret;
  readonly note: unknown;
}

export interface CredentialStore {
  /** Stores, or replaces what is stored under the same ref. Durable when it returns. */
  put(credential: NewCredential): Promise<void>;
  /** Stores where nothing is stored yet. @returns false where something is, which stays */
  create(credential: NewCredential): Promise<boolean>;
  /** The secret alone, or null where there is none. @throws CredentialError where it cannot be opened */
  get(ref: string): Promise<Secret | null>;
  read(ref: string): Promise<StoredCredential | null>;
  /** For good. @returns whether there was one */
  destroy(ref: string): Promise<boolean>;
  /** Every ref of a user, for erasure. */
  refsOfUser(userId: string): Promise<string[]>;
  /** Seals everything with the current key. Idempotent, safe beside readers and writers. @returns how many were sealed anew */
  rotate(): Promise<number>;
  /** Throws where the store cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Says which credential and which key, never what is in it. */
export class CredentialError extends Error {
  constructor(
    readonly code: 'unknown_key' | 'cannot_open' | 'malformed',
    message: string,
  ) {
    super(message);
    this.name = 'CredentialError';
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The credential of one connection. */
export function connectionRef(connectionId: string): string {
  if (!UUID.test(connectionId)) throw new RangeError('a connection id is a UUID in lower case');
  return `connection/${connectionId}`;
}

/** What a provider holds per user of ours (SnapTrade's user secret). */
export function userRef(provider: string, userId: string): string {
  if (!/^[a-z0-9_-]{1,40}$/.test(provider) || userId === '') throw new RangeError('a user credential is of a provider and a user');
  return `user/${provider}/${userId}`;
}
