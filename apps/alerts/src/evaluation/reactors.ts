/**
 * What events do to rules. Both reactors take whole batches in the transaction of their checkpoint: alerts, state and events of this log
 * commit with it or not at all. Rules over figures are only marked here; their users are judged by `DueWorker`.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import type { Reactor } from '@tidemark/projections';
import type { AlertDeps } from '../deps.js';
import { markConcerned, markUsers } from './due-users.js';
import { EVENT_KINDS } from './event-rules.decide.js';
import { forget } from './forget.js';
import { judgeEvents } from './judge-events.js';
import { tellMetrics } from './tell-metrics.js';

/** What changes the worth of what a user holds, or how it is counted. */
const MOVES_FIGURES = new Set(['BalanceSnapshotCaptured', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved', 'UserSettingsChanged']);
/** Closes of a day come in many events, one a symbol. */
const GATHER_PRICES_MS = 2_000;

type Handle = (tx: LogTransaction, events: readonly EventEnvelope[]) => Promise<() => void>;

export function userReactor(deps: AlertDeps): Reactor<LogTransaction> {
  const types = [...new Set([...Object.keys(EVENT_KINDS), ...MOVES_FIGURES, 'UserErased'])];
  return reactor(deps, { name: 'alerts-on-users', logs: ['sync', 'connections', 'reconciliation'], types }, async (tx, events) => {
    const { clock, metrics, wake } = deps;
    const left = await forget(tx, events);
    const judged = await judgeEvents(tx, left.filter(({ type }) => EVENT_KINDS[type]), clock.now());
    const marked = await markUsers(tx, left.filter(({ type }) => MOVES_FIGURES.has(type)), clock.now());
    return () => {
      metrics.judged(events.length, judged.rules);
      tellMetrics(metrics, judged.alerts, clock.now());
      if (marked > 0) wake();
    };
  });
}

export function marketReactor(deps: AlertDeps): Reactor<LogTransaction> {
  return reactor(deps, { name: 'alerts-on-market', logs: ['history'], types: ['DayClosed', 'PricesObserved'] }, async (tx, events) => {
    const { clock, metrics, wake } = deps;
    const closed = events.findLast(({ type }) => type === 'DayClosed');
    const observed = events.findLast(({ type }) => type === 'PricesObserved');
    const marked = [
      ...(closed ? [await markConcerned(tx, closed, 'all', clock.now(), 0)] : []),
      ...(observed ? [await markConcerned(tx, observed, 'unknown', clock.now(), GATHER_PRICES_MS)] : []),
    ];
    return () => {
      metrics.judged(events.length, 0);
      if (marked.some((users) => users > 0)) wake();
    };
  });
}

/**
 * Events of one user stay in order, whatever they are about: a rule that remembers the last event that it saw must see them so. An erasure
 * waits for nothing: what it leaves behind concerns no rule any more.
 */
function reactor(deps: AlertDeps, of: Pick<Reactor, 'name' | 'logs'> & { readonly types: readonly string[] }, handle: Handle): Reactor<LogTransaction> {
  const afterCommit = new WeakMap<LogTransaction, (() => void)[]>();
  const transaction = async (work: (tx: LogTransaction) => Promise<void>): Promise<void> => {
    const after: (() => void)[] = [];
    const done = await deps.log.transaction(async (tx) => {
      afterCommit.set(tx, after);
      await work(tx);
    });
    if (!done.ok) throw new Error(`alerts were refused by the log: ${done.error.kind}`);
    for (const tell of after) tell();
  };
  const reactAll = async (tx: LogTransaction, events: readonly EventEnvelope[]): Promise<void> => void afterCommit.get(tx)?.push(await handle(tx, events));
  return { ...of, transaction, reactAll, react: (event) => transaction((tx) => reactAll(tx, [event])), parkingKey: ({ type, userid }) => (type === 'UserErased' ? `erased ${userid}` : userid) };
}
