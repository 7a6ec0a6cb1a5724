/** Which days' transactions a sync asks for. Pure calendar arithmetic on days of UTC. */

/** What Plaid keeps at most, and enough for two years of history. */
const FIRST_MONTHS = 24;

/**
 * @param to the last day, today
 * @param knownThrough the day through which transactions are known, or null before the first sync
 * @returns the first day: 24 months back at first, later an overlap, so that late and changed ones are seen
 */
export function firstDay(to: string, knownThrough: string | null, overlapDays: number): string {
  const last = new Date(`${to}T00:00:00.000Z`);
  const earliest = new Date(last);
  earliest.setUTCMonth(last.getUTCMonth() - FIRST_MONTHS);
  // 29 February 2028 less 24 months is 1 March 2026 to the runtime: the last day of February is meant.
  if (earliest.getUTCDate() !== last.getUTCDate()) earliest.setUTCDate(0);
  const whole = earliest.toISOString().slice(0, 10);
  if (knownThrough === null) return whole;
  const overlap = new Date(`${knownThrough}T00:00:00.000Z`);
  overlap.setUTCDate(overlap.getUTCDate() - overlapDays);
  const from = overlap.toISOString().slice(0, 10);
  return from < whole ? whole : from > to ? to : from;
}
