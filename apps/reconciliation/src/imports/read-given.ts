/** Reads a request to import: positions or a CSV file, one of both, and the instant that they hold at. All that is wrong is named at once. */
import type { BookPosition, FieldError, Problem, reconciliationRpc, RequestOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { notAccepted } from './import-deps.js';
import { readCsv } from './read-csv.js';
import { statedInstant, statedPositions } from './stated-positions.decide.js';

type Asked = RequestOf<typeof reconciliationRpc.importBook>;

export interface Given {
  readonly accountId: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly asOf: string;
  readonly origin: string;
  readonly positions: BookPosition[];
  /** When it was given, in milliseconds. */
  readonly now: number;
}

export function readGiven(asked: Asked, what: 'book' | 'statement', now: number): Result<Given, Problem> {
  const asOf = statedInstant(asked.asOf, now);
  const positions = positionsIn(asked);
  if (!asOf.ok || !positions.ok) return refuse(notAccepted(what, [...(asOf.ok ? [] : [asOf.error]), ...(positions.ok ? [] : positions.error)]));
  return ok({ accountId: asked.accountId, asOf: asOf.value, origin: asked.origin ?? 'api', positions: positions.value, now });
}

function positionsIn({ positions, csv }: Asked): Result<BookPosition[], readonly FieldError[]> {
  if ((positions === undefined) === (csv === undefined)) return refuse([{ field: '', message: 'give either positions or csv' }]);
  if (positions !== undefined) return statedPositions(positions.map((one, at) => ({ ...one, field: `positions/${at}`, where: '' })));
  const lines = readCsv(csv ?? '');
  return lines.ok ? statedPositions(lines.value) : lines;
}
