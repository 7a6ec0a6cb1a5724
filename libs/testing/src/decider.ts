/**
 * Given events, when a command, then events or a refusal: the way every aggregate's decisions are specified.
 *
 *   const connection = decider(decide, evolve, initialConnection);
 *   connection.given([requested]).when({ type: 'link', … }).then([linked]);
 *   connection.given([removed]).when({ type: 'link', … }).thenRefused({ code: 'connection_removed' });
 *
 * Commands carry the time and the ids that they need, so nothing here is random. The state is folded from events by the
 * aggregate's own `evolve`: a spec never builds a state that no history leads to.
 */
import { deepStrictEqual, fail } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '@tidemark/kernel';

type Decide<Command, State, Event, Refusal> = (command: Command, state: State) => Result<readonly Event[], Refusal>;
type Evolve<State, Event> = (state: State, event: Event) => State;

export interface Outcome<State, Event, Refusal> {
  /** Exactly these events, in this order; an empty list means that nothing is to be done. */
  then(expected: readonly Event[]): void;
  /** A refusal that holds at least these members. */
  thenRefused(expected: Partial<Refusal> | Refusal): void;
  /** The state after the decided events, for what is easier said of the state. Fails when the command was refused. */
  state(): State;
  readonly result: Result<readonly Event[], Refusal>;
}

export interface Decider<Command, State, Event, Refusal> {
  given(events: readonly Event[]): { when(command: Command): Outcome<State, Event, Refusal> };
}

export function decider<Command, State, Event, Refusal>(
  decide: Decide<Command, State, Event, Refusal>,
  evolve: Evolve<State, Event>,
  initial: State | (() => State),
): Decider<Command, State, Event, Refusal> {
  const fold = (state: State, events: readonly Event[]) => events.reduce(evolve, state);
  const start = (): State => (typeof initial === 'function' ? (initial as () => State)() : initial);
  return {
    given: (events) => ({
      when: (command) => {
        const state = fold(start(), events);
        return outcome(decide(command, state), (decided) => fold(state, decided));
      },
    }),
  };
}

function outcome<State, Event, Refusal>(result: Result<readonly Event[], Refusal>, next: (events: readonly Event[]) => State): Outcome<State, Event, Refusal> {
  const events = (): readonly Event[] => (result.ok ? result.value : fail(`refused: ${JSON.stringify(result.error)}`));
  return {
    result,
    then: (expected) => deepStrictEqual([...events()], [...expected]),
    thenRefused: (expected) => {
      if (result.ok) fail(`not refused, but decided: ${JSON.stringify(result.value)}`);
      if (!contains(result.error, expected)) deepStrictEqual(result.error, expected);
    },
    state: () => next(events()),
  };
}

function contains(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) return isDeepStrictEqual(actual, expected);
  return Object.entries(expected).every(([key, value]) => isDeepStrictEqual((actual as Record<string, unknown>)[key], value));
}
