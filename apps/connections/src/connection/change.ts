/**
 * Load → decide → append, for one stream or several at once. Where somebody else wrote a stream in between, it is read and decided
 * again. Rows that belong to the change (a revocation to be done, a claim to be given up) are written in the same transaction.
 */
import type { EventEnvelope, LogPosition, Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import type { LogTransaction, NewEvent } from '@tidemark/event-log';
import { BrokenInvariant, NAMESPACE, ok, refuse, uuidV5 } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { Parts } from '../parts.js';
import type { ConnectionCommand } from './connection.commands.js';
import { decide } from './connection.decide.js';
import { evolve, NO_CONNECTION } from './connection.js';
import type { ConnectionEvent, ConnectionState } from './connection.js';

/** What made it happen: a request, or an event of another log that a rule reacts to. */
export type Origin = { readonly requestId: string; readonly traceparent?: string } | { readonly rule: string; readonly cause: EventEnvelope };

export interface StreamChange {
  readonly stream: string;
  readonly commands: readonly ConnectionCommand[];
}

export interface Changed {
  /** After the change, in the order of the streams asked for. */
  readonly states: readonly ConnectionState[];
  readonly events: readonly ConnectionEvent[];
  readonly positions: readonly LogPosition[];
}

export interface ChangeRequest {
  readonly userId: string;
  readonly changes: readonly StreamChange[];
  readonly origin: Origin;
  /** Rows of ours that must be written with the events or not at all. */
  readonly alongside?: (tx: LogTransaction, decided: readonly ConnectionEvent[]) => Promise<void>;
}

const TRIES = 8;

export async function loadConnection(parts: Pick<Parts, 'log'>, userId: string, stream: string): Promise<{ state: ConnectionState; version: number }> {
  const events = await parts.log.readStream(userId, stream);
  const state = events.reduce((before, { type, time, data }) => evolve(before, { type, time, data } as ConnectionEvent), NO_CONNECTION);
  return { state, version: events.length };
}

export async function change(parts: Pick<Parts, 'log' | 'newId'>, request: ChangeRequest): Promise<Result<Changed, Problem>> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const decided = await decideAll(parts, request);
    if (!decided.ok) return decided;
    const events = decided.value.flatMap((one) => one.events);
    const states = decided.value.map((one) => one.after);
    if (events.length === 0 && !request.alongside) return ok({ states, events, positions: [] });
    const appended = await parts.log.transaction(async (tx) => {
      await request.alongside?.(tx, events);
      for (const one of decided.value) {
        const made = one.events.map((event, at) => toNewEvent(parts, request.origin, one.stream, event, at));
        tx.append({ userId: request.userId, stream: one.stream, expectedVersion: one.version, events: made });
      }
    });
    if (appended.ok) return ok({ states, events, positions: appended.value.positions });
    // A reaction that was done before: nothing is to be done, and the state is what it led to.
    if (appended.error.kind === 'duplicate_event' && 'cause' in request.origin) return ok({ states: await currentStates(parts, request), events: [], positions: [] });
    if (appended.error.kind === 'duplicate_event') throw new BrokenInvariant(`a new event id was there already: ${appended.error.id}`);
  }
  return refuse(problem('conflict', 'This is being changed by others at the same time. Try again.'));
}

async function decideAll(parts: Pick<Parts, 'log'>, { userId, changes }: ChangeRequest) {
  const decided: { stream: string; version: number; after: ConnectionState; events: ConnectionEvent[] }[] = [];
  for (const { stream, commands } of changes) {
    const { state, version } = await loadConnection(parts, userId, stream);
    let after = state;
    const events: ConnectionEvent[] = [];
    for (const command of commands) {
      const result = decide(command, after);
      if (!result.ok) return result;
      events.push(...result.value);
      after = result.value.reduce(evolve, after);
    }
    decided.push({ stream, version, after, events });
  }
  return ok(decided);
}

async function currentStates(parts: Pick<Parts, 'log'>, { userId, changes }: ChangeRequest): Promise<ConnectionState[]> {
  return Promise.all(changes.map(async ({ stream }) => (await loadConnection(parts, userId, stream)).state));
}

/** A reaction's ids follow from its rule and cause, so that a repeat is the same event and the log refuses the copy. */
function toNewEvent(parts: Pick<Parts, 'newId'>, origin: Origin, stream: string, { type, time, data }: ConnectionEvent, at: number): NewEvent {
  if ('requestId' in origin) {
    return { id: parts.newId(), type, time, data, correlationId: origin.requestId, ...(origin.traceparent ? { traceparent: origin.traceparent } : {}) };
  }
  const { rule, cause } = origin;
  const id = uuidV5(NAMESPACE.reaction, `${rule}/${cause.id}/${stream}/${at}`);
  return { id, type, time, data, causationId: cause.id, ...(cause.correlationid ? { correlationId: cause.correlationid } : {}), ...(cause.traceparent ? { traceparent: cause.traceparent } : {}) };
}
