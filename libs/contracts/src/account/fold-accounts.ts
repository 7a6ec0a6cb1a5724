/**
 * Folds events of the log `connections` into accounts. Pure: the projection reads the accounts that a batch touches, folds, and writes
 * back what changed. The fold is of one log in order, so the last word on a field stands; what counts in totals is kept as dated changes.
 */
import { instant } from '@tidemark/kernel';
import type { EventEnvelope } from '../envelope.js';
import type { AccountClosed, AccountDiscovered, AccountUpdated, ConnectionRemoved, DuplicateFlagged } from '../events/connections.js';
import { withChange } from './account.js';
import type { Account, ChangeKind } from './account.js';

export interface FoldedAccounts {
  readonly accounts: ReadonlyMap<string, Account>;
  /** New or other than before. */
  readonly changed: ReadonlySet<string>;
  readonly erased: ReadonlySet<string>;
}

export function foldAccounts(before: Iterable<Account>, events: readonly EventEnvelope[]): FoldedAccounts {
  const fold = new Fold(before);
  for (const event of events) fold.apply(event);
  return fold;
}

class Fold implements FoldedAccounts {
  readonly accounts: Map<string, Account>;
  readonly changed = new Set<string>();
  readonly erased = new Set<string>();

  constructor(before: Iterable<Account>) {
    this.accounts = new Map([...before].map((account) => [account.accountId, account]));
  }

  apply(event: EventEnvelope): void {
    const userId = event.userid;
    switch (event.type) {
      case 'AccountDiscovered':
        return this.discovered(event as EventEnvelope<AccountDiscovered>);
      case 'AccountUpdated':
        return this.updated(event as EventEnvelope<AccountUpdated>);
      case 'AccountClosed': {
        const { accountId, effectiveAt } = event.data as AccountClosed;
        return this.change(userId, accountId, 'closed', true, effectiveAt);
      }
      case 'DuplicateFlagged': {
        const { accountId, duplicateOf, effectiveAt } = event.data as DuplicateFlagged;
        return this.change(userId, accountId, 'duplicate', duplicateOf, effectiveAt);
      }
      case 'ConnectionRemoved':
        return this.removed(event as EventEnvelope<ConnectionRemoved>);
      case 'UserErased':
        for (const account of [...this.accounts.values()]) if (account.userId === userId) this.erase(account.accountId);
    }
  }

  /** Discovered again, a closed or disconnected account is there again from then on; the user's own name and choices stay. */
  private discovered({ data, time, userid }: EventEnvelope<AccountDiscovered>): void {
    const known = this.accounts.get(data.accountId);
    if (known && known.userId !== userid) return;
    const { name, type, subtype, mask, currency } = data.details;
    this.set({
      displayName: null,
      changes: [],
      ...known,
      accountId: data.accountId,
      userId: userid,
      connectionId: data.connectionId,
      institutionId: data.institutionId,
      institutionName: data.institutionName,
      provider: data.provider,
      name, type, subtype, mask, currency,
      trading: data.capabilities.trading,
    });
    for (const kind of ['closed', 'disconnected'] as const) this.change(userid, data.accountId, kind, false, time);
  }

  private updated({ data, time, userid }: EventEnvelope<AccountUpdated>): void {
    const known = this.owned(userid, data.accountId);
    if (!known) return;
    const { name, type, subtype, mask, currency } = data.details ?? known;
    const displayName = data.displayName === undefined ? known.displayName : data.displayName;
    this.set({ ...known, name, type, subtype, mask, currency, displayName, trading: data.capabilities?.trading ?? known.trading });
    if (data.countInTotals !== undefined) this.change(userid, data.accountId, 'excluded', !data.countInTotals, data.effectiveAt ?? time);
  }

  private removed({ data, time, userid }: EventEnvelope<ConnectionRemoved>): void {
    const gone = [...this.accounts.values()].filter((account) => account.userId === userid && (account.connectionId === data.connectionId || data.accountIds.includes(account.accountId)));
    for (const { accountId } of gone) {
      if (data.erased) this.erase(accountId);
      else this.change(userid, accountId, 'disconnected', true, time);
    }
  }

  private change(userId: string, accountId: string, kind: ChangeKind, value: string | boolean | null, at: string): void {
    const known = this.owned(userId, accountId);
    if (!known) return;
    const changes = withChange(known.changes, { kind, value, effectiveAt: instant(Date.parse(at)) });
    if (changes !== known.changes) this.set({ ...known, changes });
  }

  /** An event of one user never touches another's account, whatever id it names. */
  private owned(userId: string, accountId: string): Account | null {
    const account = this.accounts.get(accountId);
    return account?.userId === userId ? account : null;
  }

  private erase(accountId: string): void {
    this.accounts.delete(accountId);
    this.changed.delete(accountId);
    this.erased.add(accountId);
  }

  private set(account: Account): void {
    this.accounts.set(account.accountId, account);
    this.erased.delete(account.accountId);
    this.changed.add(account.accountId);
  }
}
