/** Random events of the logs `connections` and `sync` about a few accounts of a few users, as their logs would hold them. */
import type { BalanceLine, EventEnvelope, RecordedTransaction } from '@tidemark/contracts';
import { uuidV7 } from '@tidemark/kernel';
import type { Random } from '@tidemark/testing';

interface Account {
  readonly userId: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly provider: string;
}

const START = Date.UTC(2026, 0, 5);
const DAY = 86_400_000;

export class RandomEvents {
  private readonly positions = new Map<string, number>();
  private readonly accounts: readonly Account[];
  private readonly known: { readonly account: Account; readonly transaction: RecordedTransaction }[] = [];

  constructor(private readonly random: Random) {
    const connections = [this.id(), this.id(), this.id()];
    this.accounts = [0, 0, 1, 2].map((at) => ({ userId: `user-${at % 2}`, accountId: this.id(), connectionId: connections[at] ?? '', provider: 'plaid' }));
  }

  /** @returns each log in its order */
  make(count: number): { connections: EventEnvelope[]; sync: EventEnvelope[] } {
    const connections = this.accounts.map((account) => this.discovered(account));
    const sync: EventEnvelope[] = [];
    for (let at = 0; at < count; at += 1) {
      const account = this.random.pick(this.accounts);
      if (this.random.chance(0.25)) connections.push(this.changed(account));
      else if (this.random.chance(0.5)) sync.push(this.captured(account));
      else sync.push(this.random.chance(0.5) && this.known.length > 0 ? this.corrected() : this.recorded(account));
    }
    return { connections, sync };
  }

  private id(): string {
    return uuidV7(START, this.random.bytes(16));
  }

  private at(): string {
    return new Date(START + this.random.int(0, 200) * DAY / 4).toISOString();
  }

  private event(source: string, userid: string, type: string, data: object, time = this.at()): EventEnvelope {
    const position = (this.positions.get(source) ?? 0) + 1;
    this.positions.set(source, position);
    return { specversion: '1.0', id: this.id(), type, source, subject: 's', time, dataschema: '', datacontenttype: 'application/json', userid, epoch: 1, partition: 0, position, streamversion: position, recordedtime: time, data };
  }

  private discovered(account: Account): EventEnvelope {
    const details = { providerAccountId: account.accountId, name: 'An account', officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' };
    const capabilities = { trading: false, realtime: false, positions: true, transactions: this.random.chance(0.8) };
    return this.event('connections', account.userId, 'AccountDiscovered', { ...account, institutionId: 'inst', institutionName: 'An institution', details, capabilities });
  }

  private changed(account: Account): EventEnvelope {
    const { userId, accountId, connectionId } = account;
    const of = { userId, accountId, connectionId };
    const what = this.random.int(0, 19);
    if (what === 0) return this.event('connections', userId, 'UserErased', { userId });
    if (what < 3) return this.event('connections', userId, 'ConnectionRemoved', { userId, connectionId, reason: 'asked', erased: what === 1, accountIds: this.accounts.filter((one) => one.connectionId === connectionId).map((one) => one.accountId) });
    if (what < 6) return this.event('connections', userId, 'DuplicateFlagged', { ...of, duplicateOf: this.random.chance(0.5) ? this.random.pick(this.accounts).accountId : null, by: 'detection', evidence: [], effectiveAt: this.at() });
    if (what < 9) return this.event('connections', userId, 'UserSettingsChanged', { userId, baseCurrency: this.random.pick(['USD', 'EUR']), timeZone: 'Europe/Berlin' });
    return this.event('connections', userId, 'AccountUpdated', { ...of, ...(what < 14 ? { timeZone: this.random.pick([null, 'Europe/London', 'Asia/Tokyo']) } : { countInTotals: what % 2 === 0, effectiveAt: this.at() }) });
  }

  private captured(account: Account): EventEnvelope {
    const balances: BalanceLine[] = Array.from({ length: this.random.int(0, 4) }, (_, at) => ({ asset: at === 0 ? 'currency:USD' : `equity:${this.random.pick(['AAPL', 'MSFT'])}`, quantity: `${this.random.int(0, 99)}.5` }));
    const time = this.at();
    return this.event('sync', account.userId, 'BalanceSnapshotCaptured', { ...account, snapshotId: this.id(), syncId: null, capturedAt: time, providerAsOf: null, source: 'account_sync', currency: 'USD', totals: { balance: null }, balances, providerMetadata: {} }, time);
  }

  private recorded(account: Account): EventEnvelope {
    const transactions = Array.from({ length: this.random.int(1, 3) }, () => this.transaction(this.id()));
    this.known.push(...transactions.map((transaction) => ({ account, transaction })));
    return this.event('sync', account.userId, 'TransactionsRecorded', { ...account, syncId: this.id(), page: 1, pages: 1, transactions });
  }

  /** Withdrawn, changed, or withdrawn and then there again. */
  private corrected(): EventEnvelope {
    const { account, transaction } = this.random.pick(this.known);
    const { transactionId, identity } = transaction;
    const gone = this.random.chance(0.4);
    return this.event('sync', account.userId, 'TransactionsCorrected', { ...account, syncId: this.id(), changed: gone ? [] : [this.transaction(transactionId)], withdrawn: gone ? [{ transactionId, identity, reason: 'the provider withdrew it' }] : [] });
  }

  private transaction(transactionId: string): RecordedTransaction {
    const providerType = this.random.pick(['buy', 'sell', 'nobody knows']);
    return { transactionId, identity: transactionId, date: this.at().slice(0, 10), providerType, providerSubtype: providerType, description: null, asset: 'equity:AAPL', quantity: `${this.random.int(1, 9)}`, price: null, fees: null, amount: `${this.random.int(-99, 99)}`, currency: 'USD', original: { investment_transaction_id: transactionId } };
  }
}
