/**
 * The paid call of an on-demand sync. That it is about to be made is written down first: after a crash nobody knows whether it was
 * made, so it is never made again and is taken to be billed. What it came to is recorded at once, not at the sync's end.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { changeJob } from '../job/job-queue.js';
import { settlement } from '../refresh/ledger.js';
import { ofProvider } from './failure.js';
import type { Stop } from './failure.js';
import { fetchRequest } from './context.js';
import type { Attempt, Linked } from './context.js';

const UNKNOWN = 'the refresh was interrupted after it may have been asked for: it counts as billed and was not asked for again';

/** @returns what to say of it */
export async function askForRefresh(attempt: Attempt, linked: Linked): Promise<Result<string, Stop>> {
  const { deps, job, worker } = attempt;
  if (job.refreshState === 'asked') {
    await settle(attempt, true);
    return ok(note(attempt, UNKNOWN));
  }
  await changeJob(deps.database, job, worker, `refresh_state = 'asked'`);
  const asked = await linked.port.requestRefresh(fetchRequest(linked));
  if (asked.ok) {
    await settle(attempt, asked.value.billed, true);
    return ok(asked.value.billed ? 'asked for and billed' : 'asked for, not billed');
  }
  const { error } = asked;
  const stop = ofProvider(error);
  if (error.class === 'retry' && !error.billed) {
    // Nothing was spent: the reservation stands for the next attempt.
    await changeJob(deps.database, job, worker, `refresh_state = 'reserved'`);
    return refuse(stop);
  }
  await settle(attempt, error.billed);
  // What the provider holds can still be read; that it was not fetched anew is said.
  return error.class === 'relink' ? refuse(stop) : ok(note(attempt, `the provider would not fetch anew (${stop.detail}); this is what it had`));
}

/** Fenced: of two workers that take the same job for theirs, one settles. */
async function settle({ deps, job, worker }: Attempt, billed: boolean, made = false): Promise<void> {
  const subject = { userId: job.userId, connectionId: job.connectionId, provider: job.provider };
  const cost = job.refreshCost ?? { amount: '0', currency: 'USD' };
  for (let tried = 0; tried < 5; tried += 1) {
    const request = await settlement(deps.log, subject, { syncId: job.syncId, billed, made, cost, now: deps.clock.now() });
    const done = await deps.log.transaction(async (tx) => {
      await changeJob(tx, job, worker, `refresh_state = 'settled'`);
      tx.append(request);
    });
    if (done.ok) return;
  }
  throw new Error(`the refresh of sync ${job.syncId} could not be settled: its stream keeps changing`);
}

function note(attempt: Attempt, text: string): string {
  attempt.notes.push(text.slice(0, 500));
  return text;
}
