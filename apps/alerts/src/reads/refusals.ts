/** Refusals in words, each naming what was asked. */
import { problem } from '@tidemark/contracts';
import type { FieldError, Problem } from '@tidemark/contracts';

export const unknownRule = (ruleId: string): Problem => problem('not_found', `There is no alert rule ${ruleId}.`);
export const unknownAlert = (alertId: string): Problem => problem('not_found', `There is no alert ${alertId}.`);

export function invalid(errors: readonly FieldError[]): Problem {
  return problem('validation_failed', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}

export const wrongCursor = (of: string): Problem => invalid([{ field: 'cursor', message: `is not the nextCursor of a page of ${of}` }]);
