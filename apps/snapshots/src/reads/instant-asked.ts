/** The instant that a request is about, or the refusal that names the field. */
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { instantOf } from '@tidemark/market';
import { LATEST_OF_ALL } from '../projections/balances/query.js';

export interface InstantAsked {
  /** What the answer is as of. */
  readonly at: string;
  /** Snapshots until then are looked at; "latest" has no end. */
  readonly until: string;
}

export function instantAsked(asOf: string | undefined, now: number): Result<InstantAsked, Problem> {
  if (asOf === undefined) return ok({ at: instant(now), until: LATEST_OF_ALL });
  const at = instantOf(asOf);
  return at.ok ? ok({ at: at.value, until: at.value }) : refuse(invalidField('asOf', at.error));
}

export function invalidField(field: string, message: string): Problem {
  return problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] });
}
