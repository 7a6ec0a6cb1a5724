/** From an answer to a value of ours: runs a pure reading and turns a wrong shape into a provider error that names the field. */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { misshapenError } from './failure.js';
import type { ProviderError } from './port.js';
import type { Answer, FailedCall } from './resilience/provider-calls.js';
import { shaped } from './wire/shape.js';

/** @param read a pure reading of the answer's body */
export function reading<T>(provider: string, operation: string, answer: Answer, read: (body: unknown) => T): Result<T, ProviderError> {
  const result = shaped(() => read(answer.body));
  return result.ok ? ok(result.value) : refuse({ ...misshapenError(provider, operation, result.error), requestId: answer.requestId });
}

/** A failed call as the port's error, without what only this library asks. */
export function asProviderError(failed: FailedCall): ProviderError {
  const { mayBeBilled: _mayBeBilled, ...error } = failed;
  return error;
}
