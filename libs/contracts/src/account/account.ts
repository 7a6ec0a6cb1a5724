/**
 * What services know of an account, folded from the log `connections`. Whether an account counts in totals changes with
 * an effective date, and an as-of question about a day before it must still see what held then: so changes are kept, not a flag.
 */
export const CHANGE_KINDS = ['excluded', 'duplicate', 'closed', 'disconnected'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/**
 * From `effectiveAt` on, `value` holds: whether it is so. Of `duplicate` (the id of the account that counts instead; null: none) the
 * newest word holds for all time, since it is about the account and not about a date; `effectiveAt` says when it was said.
 */
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
  /** Oldest effective date first; of equal dates, what was said later stands later. At most one of the kind `duplicate`: the newest. */
  readonly changes: readonly CountingChange[];
}

/** The account that this one is the same as, by the newest word; null where nobody says so. */
export function duplicateOf(account: Pick<Account, 'changes'>): string | null {
  const flag = account.changes.findLast((change) => change.kind === 'duplicate');
  return typeof flag?.value === 'string' ? flag.value : null;
}

/** What of `kind` holds for an account at an instant; null before the first change. */
export function holdingAt(account: Pick<Account, 'changes'>, kind: Exclude<ChangeKind, 'duplicate'>, at: string): string | boolean | null {
  const time = Date.parse(at);
  let value: string | boolean | null = null;
  for (const change of account.changes) if (change.kind === kind && Date.parse(change.effectiveAt) <= time) value = change.value;
  return value;
}

/** A change put in its place. Saying again what holds then anyway adds nothing. */
export function withChange(changes: readonly CountingChange[], change: CountingChange): readonly CountingChange[] {
  if (change.kind === 'duplicate') return withFlag(changes, change);
  return withDated(changes, { ...change, kind: change.kind });
}

/** What was said last replaces what was said before, whatever the dates. */
function withFlag(changes: readonly CountingChange[], flag: CountingChange): readonly CountingChange[] {
  if (duplicateOf({ changes }) === flag.value) return changes;
  const others = changes.filter(({ kind }) => kind !== 'duplicate');
  return flag.value === null ? others : inOrder([...others, flag]);
}

function withDated(changes: readonly CountingChange[], change: CountingChange & { readonly kind: Exclude<ChangeKind, 'duplicate'> }): readonly CountingChange[] {
  const held = holdingAt({ changes }, change.kind, change.effectiveAt);
  const later = changes.some((other) => other.kind === change.kind && Date.parse(other.effectiveAt) > Date.parse(change.effectiveAt));
  if (!later && (held ?? false) === (change.value ?? false)) return changes;
  return inOrder([...changes, change]);
}

function inOrder(changes: CountingChange[]): CountingChange[] {
  return changes.sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
}

export function accountName(account: Pick<Account, 'name' | 'displayName'>): string {
  return account.displayName ?? account.name;
}
