/** How a use case answers: a value with the positions it reached, or a refusal. */
import type { LogPosition, Problem, RpcReply } from '@tidemark/contracts';

/** @param reached what a write reached, or that the read model was behind what was asked for */
export function answered<T>(value: T, reached: { positions?: readonly LogPosition[]; stale?: boolean } | readonly LogPosition[] = {}): RpcReply<T> {
  const { positions, stale } = Array.isArray(reached) ? { positions: reached as readonly LogPosition[], stale: undefined } : (reached as { positions?: readonly LogPosition[]; stale?: boolean });
  return { ok: true, value, ...(positions?.length ? { positions } : {}), ...(stale ? { stale } : {}) };
}

export function refused(problem: Problem): RpcReply<never> {
  return { ok: false, error: problem };
}
