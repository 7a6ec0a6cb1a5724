/** Waits until every reader's newest positions add up to what was appended; counting rows would cost more than the work measured. */
export async function allStored(readers, events) {
  for (;;) {
    const totals = await Promise.all(readers.map(async (reader) => (await reader.query('SELECT coalesce(sum(position), 0)::bigint AS n FROM projection.checkpoint')).rows[0].n));
    if (totals.every((n) => n >= events)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
