/** `type=dividend`, or several: `type=dividend,interest`. Pure. */
import type { Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { TRANSACTION_KINDS } from '@tidemark/transactions';
import { invalidField } from '../reads/days-asked.js';

const KNOWN: ReadonlySet<string> = new Set(TRANSACTION_KINDS);

/** @returns undefined where all are asked for */
export function kindsAsked(type: string | undefined): Result<string[] | undefined, Problem> {
  if (type === undefined) return ok(undefined);
  const kinds = type.split(',').map((kind) => kind.trim());
  const unknown = kinds.find((kind) => !KNOWN.has(kind));
  return unknown === undefined ? ok(kinds) : refuse(invalidField('type', `${unknown} is no kind of activity; accepted are ${TRANSACTION_KINDS.join(', ')}`));
}
