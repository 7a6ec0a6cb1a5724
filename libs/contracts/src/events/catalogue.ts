/**
 * Every event type with its log, its current version and its schema. The documents under `docs/events` are generated from here.
 * A change of shape raises `version` and adds one pure upcast from the version before; stored events never change.
 */
import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';
import * as alerts from './alerts.js';
import * as connections from './connections.js';
import * as history from './history.js';
import * as reconciliation from './reconciliation.js';
import { BalanceSnapshotCaptured } from './snapshot.js';
import * as sync from './sync.js';

export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

export interface EventType {
  readonly log: string;
  readonly version: number;
  readonly schema: TSchema;
  readonly summary: string;
  /** `upcasts[n]` turns version n into n + 1. */
  readonly upcasts?: Readonly<Record<number, Upcast>>;
}

const connectionsLog = (schema: TSchema, summary: string): EventType => ({ log: 'connections', version: 1, schema, summary });
const historyLog = (schema: TSchema, summary: string): EventType => ({ log: 'history', version: 1, schema, summary });
const reconciliationLog = (schema: TSchema, summary: string): EventType => ({ log: 'reconciliation', version: 1, schema, summary });
const alertsLog = (schema: TSchema, summary: string): EventType => ({ log: 'alerts', version: 1, schema, summary });
const syncLog = (schema: TSchema, summary: string): EventType => ({ log: 'sync', version: 1, schema, summary });

export const CATALOGUE: Readonly<Record<string, EventType>> = {
  ConnectionRequested: connectionsLog(connections.ConnectionRequested, 'A user asked to link an institution; a provider was chosen.'),
  ConnectionLinked: connectionsLog(connections.ConnectionLinked, 'The person approved; the credential is stored; the first sync may start.'),
  AccountDiscovered: connectionsLog(connections.AccountDiscovered, 'An account was seen for the first time.'),
  AccountUpdated: connectionsLog(connections.AccountUpdated, 'Details of an account changed, or the user renamed it or changed whether it counts.'),
  AccountClosed: connectionsLog(connections.AccountClosed, 'An account is no longer there.'),
  DuplicateFlagged: connectionsLog(connections.DuplicateFlagged, 'The same real account is linked twice (or no longer taken to be).'),
  ConnectionDegraded: connectionsLog(connections.ConnectionDegraded, 'Syncs of a connection fail for a reason that may pass.'),
  ReauthenticationRequired: connectionsLog(connections.ReauthenticationRequired, 'The person must link again.'),
  ConnectionRestored: connectionsLog(connections.ConnectionRestored, 'A connection works again.'),
  ConnectionRemoved: connectionsLog(connections.ConnectionRemoved, 'Revoked at the provider, credentials destroyed.'),
  UserErased: connectionsLog(connections.UserErased, 'Everything about a user is to be erased.'),
  UserSettingsChanged: connectionsLog(connections.UserSettingsChanged, 'Base currency or time zone of a user changed.'),
  SyncStarted: syncLog(sync.SyncStarted, 'A sync of a connection began.'),
  SyncCompleted: syncLog(sync.SyncCompleted, 'A sync took everything it came for.'),
  SyncFailed: syncLog(sync.SyncFailed, 'A sync failed; no snapshot was made of what it had.'),
  BalanceSnapshotCaptured: syncLog(BalanceSnapshotCaptured, 'Every asset of one account at one instant.'),
  TransactionsRecorded: syncLog(sync.TransactionsRecorded, 'Transactions seen for the first time.'),
  TransactionsCorrected: syncLog(sync.TransactionsCorrected, 'The provider changed or withdrew transactions.'),
  RefreshCostReserved: syncLog(sync.RefreshCostReserved, 'Money was set aside before a paid call.'),
  RefreshCostSettled: syncLog(sync.RefreshCostSettled, 'What the paid call came to.'),
  RefreshDenied: syncLog(sync.RefreshDenied, 'A refresh was refused because of its cost.'),
  WebhookReceived: syncLog(sync.WebhookReceived, 'A provider told us something, and its signature held.'),
  PricesObserved: historyLog(history.PricesObserved, 'Closes of one symbol were fetched from the price source.'),
  SymbolMapped: historyLog(history.SymbolMapped, 'A security is this symbol at the price source, for all users.'),
  SymbolUnmapped: historyLog(history.SymbolUnmapped, 'No symbol could be trusted for a security; a person must say.'),
  HistoryReconstructed: historyLog(history.HistoryReconstructed, 'The days of an account were computed.'),
  HistoryRevised: historyLog(history.HistoryRevised, 'Days that were known have another value now.'),
  DayClosed: historyLog(history.DayClosed, 'A market day was closed for every account of it.'),
  ReconciliationRequested: reconciliationLog(reconciliation.ReconciliationRequested, 'A comparison of books and providers was asked for, or was due.'),
  ReconciliationCompleted: reconciliationLog(reconciliation.ReconciliationCompleted, 'A comparison ended: what agreed, what did not, who could not be asked.'),
  DiscrepancyOpened: reconciliationLog(reconciliation.DiscrepancyOpened, 'Books and provider disagree about an asset of an account.'),
  DiscrepancyExplained: reconciliationLog(reconciliation.DiscrepancyExplained, 'More is known of a discrepancy: other figures, or what may have caused it.'),
  DiscrepancyResolved: reconciliationLog(reconciliation.DiscrepancyResolved, 'A discrepancy ended, by a comparison that agrees or by a person.'),
  BookImported: reconciliationLog(reconciliation.BookImported, 'The user gave the book that they keep of an account.'),
  BookRemoved: reconciliationLog(reconciliation.BookRemoved, 'The book of an account no longer counts; its snapshots do.'),
  StatementImported: reconciliationLog(reconciliation.StatementImported, 'The user gave a statement of what an account holds.'),
  AlertRuleSet: alertsLog(alerts.AlertRuleSet, 'A rule was made or changed.'),
  AlertRuleRemoved: alertsLog(alerts.AlertRuleRemoved, 'A rule was taken away.'),
  AlertRaised: alertsLog(alerts.AlertRaised, 'A rule became true.'),
  AlertDelivered: alertsLog(alerts.AlertDelivered, 'An alert reached one of those whom it is for.'),
  AlertDeliveryParked: alertsLog(alerts.AlertDeliveryParked, 'An alert could not be delivered and waits for a person.'),
  AlertAcknowledged: alertsLog(alerts.AlertAcknowledged, 'A person has seen an alert.'),
};

const compiled = new Map<string, ReturnType<typeof Compile>>();

function validatorOf(type: string) {
  const known = compiled.get(type);
  if (known) return known;
  const entry = CATALOGUE[type];
  if (!entry) return null;
  const made = Compile(entry.schema);
  compiled.set(type, made);
  return made;
}

/** @returns what is wrong with `data` as an event of this type (field: message), or null where nothing is */
export function eventProblems(type: string, data: unknown): string | null {
  const validator = validatorOf(type);
  if (!validator) return `unknown event type ${type}`;
  if (validator.Check(data)) return null;
  return validator
    .Errors(data)
    .slice(0, 5)
    .map((error) => `${error.instancePath || '/'}: ${error.message}`)
    .join('; ');
}

/** The data of a stored event in the current version of its type. An unknown type or a later version is left as it is. */
export function upcast(type: string, version: number, data: Record<string, unknown>): Record<string, unknown> {
  const entry = CATALOGUE[type];
  let current = data;
  for (let at = version; entry && at < entry.version; at += 1) {
    const step = entry.upcasts?.[at];
    if (!step) throw new Error(`no upcast of ${type} from version ${at}`);
    current = step(current);
  }
  return current;
}
