/** Asks the services whose pages show the figures, each question of a user once. */
import { historyRpc, snapshotsRpc } from '@tidemark/contracts';
import type { RpcReply } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import type { AlertDeps } from '../deps.js';
import type { DueUser } from './due-users.js';
import { askKey } from './value-rules.decide.js';
import type { Answer, Ask } from './value-rules.decide.js';

/** `later`: nobody answered in time, or the answer had not seen the cause; it is asked again. */
export type Answered = { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly problem: string; readonly later: boolean };

const LATER = new Set(['unavailable', 'timeout', 'internal']);

/** By `askKey`. */
export async function askAll(deps: AlertDeps, user: DueUser, asks: readonly Ask[]): Promise<Map<string, Answered>> {
  const questions = new Map(asks.map((ask) => [askKey(ask), ask]));
  return new Map(await Promise.all([...questions].map(async ([key, ask]) => [key, await askOne(deps, user, ask)] as const)));
}

async function askOne(deps: AlertDeps, user: DueUser, ask: Ask): Promise<Answered> {
  switch (ask.what) {
    case 'value': {
      const reply = await call(deps, user, snapshotsRpc.portfolioValue, { ...scopeOf(ask) });
      return answeredOf(reply, (value) => ({ what: 'value', value }));
    }
    case 'positions':
      return answeredOf(await call(deps, user, snapshotsRpc.portfolioPositions, { ...scopeOf(ask) }), (value) => ({ what: 'positions', value }));
    case 'allocation':
      return answeredOf(await call(deps, user, historyRpc.allocation, { ...scopeOf(ask), by: 'class' }), (value) => ({ what: 'allocation', value }));
  }
}

function scopeOf({ account, currency }: Ask): { account?: string; currency?: string } {
  return { ...(account === null ? {} : { account }), ...(currency === null ? {} : { currency }) };
}

type Call = AlertDeps['rpc']['call'];

function call<C extends Parameters<Call>[0]>({ rpc, settings }: AlertDeps, { userId, positions }: DueUser, contract: C, payload: Parameters<typeof rpc.call<C>>[1]) {
  return rpc.call(contract, payload, { userId, requestId: newId(), after: positions }, { timeoutMs: settings.askTimeoutMs });
}

function answeredOf<T>(reply: RpcReply<T>, answer: (value: T) => Answer): Answered {
  if (!reply.ok) return { ok: false, problem: reply.error.detail, later: LATER.has(reply.error.code) };
  if (reply.stale) return { ok: false, problem: 'The figures have not caught up with what happened; they will be asked for again.', later: true };
  return { ok: true, answer: answer(reply.value) };
}
