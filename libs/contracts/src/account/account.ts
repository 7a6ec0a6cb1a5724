/**
 * What services know of an account, folded from the log `connections`. Whether an account counts in totals changes with
 * an effective date, and an as-of question about a day before it must still see what held then: so changes are kept, not a flag.
 */
export const CHANGE_KINDS = ['excluded', 'duplicate', 'closed', 'disconnected'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** From `effectiveAt` on, `value` holds: for `duplicate` the id of the account that counts instead (null: none), else whether it is so. */
export interface CountingChange {
  readonly kind: ChangeKind;
  readonly value: string | boolean | null;
  readonly effectiveAt: string;
}

export interface Account {
  readonly accountId: string;
  readonly userId: string;
  readonly connectionId: string | null;
  readonly institutionId: string | null;
  readonly institutionName: string | null;
  readonly provider: string;
  /** As the provider names it. */
  readonly name: string;
  /** As the user names it; null where they do not. */
  readonly displayName: string | null;
  readonly type: string;
  readonly subtype: string | null;
  readonly mask: string | null;
  readonly currency: string | null;
  /** Orders can be placed through its provider. */
  readonly trading: boolean;
  /** Oldest effective date first; of equal dates, what was said later stands later. */
  readonly changes: readonly CountingChange[];
}

/** What of `kind` holds for an account at an instant; null before the first change. */
export function holdingAt(account: Pick<Account, 'changes'>, kind: ChangeKind, at: string): string | boolean | null {
  const time = Date.parse(at);
  let value: string | boolean | null = null;
  for (const change of account.changes) if (change.kind === kind && Date.parse(change.effectiveAt) <= time) value = change.value;
  return value;
}

/** A change put in its place. Saying again what holds then anyway adds nothing. */
export function withChange(changes: readonly CountingChange[], change: CountingChange): CountingChange[] {
  const held = holdingAt({ changes }, change.kind, change.effectiveAt);
  const later = changes.some((other) => other.kind === change.kind && Date.parse(other.effectiveAt) > Date.parse(change.effectiveAt));
  if (!later && (held ?? false) === (change.value ?? false)) return [...changes];
  return [...changes, change].sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
}

export function accountName(account: Pick<Account, 'name' | 'displayName'>): string {
  return account.displayName ?? account.name;
}
