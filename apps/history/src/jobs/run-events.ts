/** The events of a finished run. Pure. Their ids follow from the run, so that a repeat is the same event. */
import type { HistoryReconstructed, HistoryRevised } from '@tidemark/contracts';
import type { AppendRequest, NewEvent } from '@tidemark/event-log';
import { NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { dayOf } from '@tidemark/market';
import type { ReconstructionResult } from '../reconstruction/model.js';
import type { HistoryWritten } from '../storage/write-history.js';
import type { Job } from './job.js';

/** As many as an event lists at the most; the counts are of all. */
const LISTED = 500;
const MOVED_LISTED = 800;

export interface RunQuality {
  readonly minimum: number;
  readonly mean: number;
  readonly daysBelowFull: number;
}

/** Null where there are no days. The mean is rounded down: a history that is not whole never shows 100. */
export function qualityOf(days: ReconstructionResult['days']): RunQuality | null {
  if (days.length === 0) return null;
  let [minimum, sum, daysBelowFull] = [100, 0, 0];
  for (const { quality } of days) {
    minimum = Math.min(minimum, quality);
    sum += quality;
    if (quality < 100) daysBelowFull += 1;
  }
  return { minimum, mean: Math.floor(sum / days.length), daysBelowFull };
}

export function historyStream(accountId: string): string {
  return `history-${accountId}`;
}

/** @returns what to append: nothing where the run changed nothing */
export function runEvents(job: Job, result: ReconstructionResult, written: HistoryWritten, at: string): AppendRequest | null {
  const [first, last] = [result.days[0], result.days.at(-1)];
  if (!written.revised || !first || !last) return null;
  const { accountId, userId, runId, cause } = job;
  const of = { userId, accountId, runId, revision: written.revision, cause, from: dayOf(first.day), to: dayOf(last.day) };
  const event = (type: string, data: object): NewEvent => ({ id: uuidV5(NAMESPACE.reaction, `history/${runId}/${type}`), type, time: at, data });
  const events = [event('HistoryReconstructed', reconstructed(of, result))];
  if (written.previousRevision !== null && written.daysMoved > 0) {
    const revised: HistoryRevised = { ...of, previousRevision: written.previousRevision, daysMoved: written.daysMoved, moved: written.moved.slice(0, MOVED_LISTED) };
    events.push(event('HistoryRevised', revised));
  }
  return { userId, stream: historyStream(accountId), expectedVersion: 'any', events };
}

type Of = Pick<HistoryReconstructed, 'userId' | 'accountId' | 'runId' | 'revision' | 'cause' | 'from' | 'to'>;

function reconstructed(of: Of, result: ReconstructionResult): HistoryReconstructed {
  const { minimum, mean } = qualityOf(result.days) ?? { minimum: 0, mean: 0 };
  return {
    ...of,
    days: result.days.length,
    adjustments: result.adjustments.slice(0, LISTED).map(({ asset, day, quantity, reason }) => ({ asset, day: dayOf(day), quantity, reason: reason.slice(0, 500) })),
    unknownTransactions: result.unknown.length,
    unpriced: [...new Set(result.unpriced.map((one) => one.asset))].slice(0, LISTED),
    quality: { minimum, mean },
    invariant: { holds: result.invariant.holds, differences: result.invariant.differences.length },
  };
}
