/**
 * Ends runs: days, flows, what was found, the job's end and its events, of a whole batch, in one transaction. Either all of a run is
 * there or none of it; and of those that another worker has taken over meanwhile, or that were erased, nothing is written.
 */
import { instant } from '@tidemark/kernel';
import { dayOf } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber, ReconstructionResult } from '../reconstruction/model.js';
import { writeHistories } from '../storage/write-history.js';
import type { HistoryWritten } from '../storage/write-history.js';
import type { RunDeps } from './deps.js';
import type { Job } from './job.js';
import { ENDED, lockHeld } from './queue.js';
import { qualityOf, runEvents } from './run-events.js';

export interface Computed {
  readonly job: Job;
  /** Null where there was nothing to compute from. */
  readonly result: ReconstructionResult | null;
  readonly range: { readonly from: DayNumber; readonly to: DayNumber } | null;
  /** Fingerprint of the snapshots that it rests on. */
  readonly restsOn: string | null;
  readonly symbols: readonly string[];
  /** Assets without a symbol or price, and symbols whose prices did not come. */
  readonly missing: readonly string[];
}

export type Outcome = 'first' | 'revised' | 'unchanged' | 'empty' | 'lost';

/** @returns what became of each, in order */
export async function completeRuns(deps: RunDeps, worker: string, computed: readonly Computed[]): Promise<Outcome[]> {
  const done = await deps.log.transaction(async (tx) => {
    const held = await lockHeld(tx, worker, computed.map(({ job }) => job));
    const ours = computed.filter(({ job }) => held.has(job.accountId));
    const written = new Map((await writeHistories(tx, ours.flatMap(toWrite))).map((one) => [one.accountId, one]));
    await finish(tx, ours, written);
    for (const { job, result } of ours) {
      const stored = written.get(job.accountId);
      const request = result && stored ? runEvents(job, result, stored, instant(deps.clock.now())) : null;
      if (request) tx.append(request);
    }
    return computed.map(({ job }): Outcome => (held.has(job.accountId) ? outcomeOf(written.get(job.accountId)) : 'lost'));
  });
  // Only a whole earlier commit of this very run can have left its event, and that ended the run.
  if (!done.ok) throw new Error(`reconstructions could not be written: ${done.error.kind}`);
  return done.value.value;
}

function toWrite({ job, result, range }: Computed) {
  if (!result || !range || (result.days.length === 0 && job.revision === 0)) return [];
  const { accountId, userId, runId } = job;
  return [{ accountId, userId, runId, days: result.days, range, flows: result.flows, reasons: result.reasons }];
}

function outcomeOf(written: HistoryWritten | undefined): Outcome {
  if (!written) return 'empty';
  if (!written.revised) return 'unchanged';
  return written.previousRevision === null ? 'first' : 'revised';
}

const FINISH = `
  UPDATE reconstruction r SET
    ${ENDED},
    result_at = now(), done = f.days, total = f.days, revision = coalesce(f.revision, r.revision), from_day = f.from_day, to_day = f.to_day,
    symbols = ARRAY(SELECT json_array_elements_text(f.symbols)), missing = ARRAY(SELECT json_array_elements_text(f.missing)),
    adjustments = f.adjustments, unpriced = f.unpriced, invariant = f.invariant, quality = f.quality, rests_on = f.rests_on
  FROM ROWS FROM (unnest($1::uuid[]), unnest($2::int[]), unnest($3::int[]), unnest($4::date[]), unnest($5::date[]), json_array_elements($6::json), json_array_elements($7::json),
    json_array_elements($8::json), json_array_elements($9::json), json_array_elements($10::json), json_array_elements($11::json), unnest($12::text[]))
    AS f(account_id, revision, days, from_day, to_day, symbols, missing, adjustments, unpriced, invariant, quality, rests_on)
  WHERE r.account_id = f.account_id`;

async function finish(tx: SqlClient, ours: readonly Computed[], written: ReadonlyMap<string, HistoryWritten>): Promise<void> {
  if (ours.length === 0) return;
  const day = (at: DayNumber | undefined) => (at === undefined ? null : dayOf(at));
  const of = (pick: (computed: Computed) => unknown) => JSON.stringify(ours.map(pick));
  await tx.query(FINISH, [
    ours.map(({ job }) => job.accountId),
    ours.map(({ job }) => written.get(job.accountId)?.revision ?? null),
    ours.map(({ result }) => result?.days.length ?? 0),
    ours.map(({ result }) => day(result?.days[0]?.day)),
    ours.map(({ result }) => day(result?.days.at(-1)?.day)),
    of(({ symbols }) => symbols),
    of(({ missing }) => missing),
    of(({ result }) => (result?.adjustments ?? []).map((one) => ({ ...one, day: dayOf(one.day) }))),
    of(({ result }) => (result?.unpriced ?? []).map((one) => ({ ...one, from: dayOf(one.from), to: dayOf(one.to) }))),
    of(({ result }) => result?.invariant ?? null),
    of(({ result }) => qualityOf(result?.days ?? [])),
    ours.map(({ restsOn }) => restsOn),
  ]);
}
