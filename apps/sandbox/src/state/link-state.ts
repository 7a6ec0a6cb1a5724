/**
 * What linking has made: items and public tokens at Plaid, users and authorizations at SnapTrade, API keys at Coinbase. It refers to the
 * world by ids only, so that a changed world is seen through every link at once, and can be written to a file.
 */
import type { JWK } from 'jose';
import type { Account, Transaction } from '../world/world.js';

export interface JournalEntry {
  transaction: string;
  account: string;
  change: 'added' | 'modified' | 'removed';
  digest: string;
}

export interface PlaidItem {
  itemId: string;
  accessToken: string;
  institution: string;
  person: string;
  /** The accounts that the person chose to share. */
  accounts: string[];
  products: string[];
  webhook: string | null;
  /** An error code of its own, beside what the world says of its logins. */
  error: string | null;
  createdAt: string;
  removed: boolean;
  /** Every change of its bank transactions, in order: a cursor is a place in it. */
  journal: JournalEntry[];
}

export interface LinkToken {
  token: string;
  institutionId: string | null;
  clientUserId: string;
  products: string[];
  optionalProducts: string[];
  webhook: string | null;
  /** Set in update mode. */
  itemId: string | null;
  expiresAt: string;
}

export interface PublicToken {
  token: string;
  itemId: string;
  used: boolean;
  expiresAt: string;
}

export interface SnapUser {
  userId: string;
  userSecret: string;
  createdAt: string;
}

export interface SnapAuthorization {
  id: string;
  userId: string;
  institution: string;
  person: string;
  type: 'read' | 'trade';
  createdAt: string;
  updatedAt: string;
  disabledAt: string | null;
  /** A login that the world broke heals with the world; what was asked for stays until the person reconnects. */
  disabledBy: 'world' | 'request' | null;
  /** Only these accounts; null = all that the person has there. */
  accounts: string[] | null;
  /** While disabled: what it last knew. */
  cached: { accounts: Account[]; transactions: Transaction[] } | null;
}

export interface Portal {
  sessionId: string;
  userId: string;
  broker: string | null;
  connectionType: 'read' | 'trade' | 'trade-if-available';
  reconnect: string | null;
  customRedirect: string | null;
  expiresAt: string;
  used: boolean;
}

export interface SigningKey {
  kid: string;
  privateJwk: JWK;
  publicJwk: JWK;
  createdAt: number;
  expiredAt: number | null;
}

/** A CDP API key that a person made in the sandbox: Coinbase keeps the public half. */
export interface CoinbaseKey {
  name: string;
  accounts: string[];
  publicJwk: JWK;
  createdAt: string;
}

const TABLES = ['items', 'linkTokens', 'publicTokens', 'users', 'authorizations', 'portals', 'signingKeys', 'coinbaseKeys'] as const;

export class LinkState {
  readonly items = new Map<string, PlaidItem>();
  readonly linkTokens = new Map<string, LinkToken>();
  readonly publicTokens = new Map<string, PublicToken>();
  readonly users = new Map<string, SnapUser>();
  readonly authorizations = new Map<string, SnapAuthorization>();
  readonly portals = new Map<string, Portal>();
  readonly signingKeys = new Map<string, SigningKey>();
  readonly coinbaseKeys = new Map<string, CoinbaseKey>();
  readonly #byAccessToken = new Map<string, string>();

  itemByAccessToken(accessToken: string): PlaidItem | undefined {
    return this.items.get(this.#byAccessToken.get(accessToken) ?? '');
  }

  addItem(item: PlaidItem): void {
    this.items.set(item.itemId, item);
    this.#byAccessToken.set(item.accessToken, item.itemId);
  }

  authorizationsOf(userId: string): SnapAuthorization[] {
    return [...this.authorizations.values()].filter((authorization) => authorization.userId === userId);
  }

  toJson(): Record<string, unknown[]> {
    return Object.fromEntries(TABLES.map((table) => [table, [...this[table].entries()]]));
  }

  /** Takes in what `toJson` gave. */
  restore(saved: Record<string, unknown>): void {
    for (const table of TABLES) {
      const rows = (saved[table] ?? []) as [string, never][];
      for (const [id, row] of rows) (this[table] as Map<string, unknown>).set(id, row);
    }
    for (const item of this.items.values()) this.#byAccessToken.set(item.accessToken, item.itemId);
  }
}
