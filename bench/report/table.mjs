import Table from 'cli-table3';

/** The report as text for a terminal. @param {{ quick: boolean, machine: object, rows: object[], benches: object }} report */
export function table({ quick, machine, rows, benches }) {
  const lines = new Table({ head: ['bench', 'measured', 'figure', 'beside it', 'aim', ''], style: { head: [], border: [] }, wordWrap: true, colWidths: [10, 36, 34, 44, 18, 9] });
  for (const { bench, what, figure, beside, aim, met } of rows) lines.push([bench, what, figure, beside, aim, met === null ? '' : met ? 'met' : 'not met']);
  const failed = Object.entries(benches).filter(([, { error }]) => error).map(([name, { error }]) => `${name} could not run: ${error}`);
  const on = `${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.platform}; node ${machine.node}, Postgres ${machine.postgres}, nats-server ${machine.nats}; load before ${machine.loadBefore.join(' ')}; ${machine.date}`;
  return [lines.toString(), on, ...(quick ? ['--quick: small sizes, only to see that the benches run; no figures to judge by'] : []), ...failed].join('\n');
}
