/** The demo for people: numbered steps while it runs, then a table of the balances and the addresses. */
import Table from 'cli-table3';
import colours from 'picocolors';
import type { DemoResult } from './run-demo.js';
import { runFlow } from './run-demo.js';

export interface RunDemoOptions {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly userId?: string;
  readonly out: { write(text: string): unknown };
  /** Steps as they happen; off where only the table is wanted. */
  readonly verbose?: boolean;
}

export async function runDemo(options: RunDemoOptions): Promise<DemoResult> {
  let number = 0;
  const result = await runFlow({
    apiUrl: options.apiUrl,
    sandboxUrl: options.sandboxUrl,
    ...(options.userId ? { userId: options.userId } : {}),
    step: (title, lines) => {
      number += 1;
      if (options.verbose === false) return;
      options.out.write(`${colours.bold(`${number}. ${title}`)}\n${lines.map((line) => `   ${line}\n`).join('')}`);
    },
  });
  options.out.write(`\n${balanceTable(result)}\n`);
  return result;
}

export function balanceTable(result: DemoResult): string {
  const table = new Table({ head: ['Account', 'Institution', 'Provider', 'Value', '%', 'As of'], colAligns: ['left', 'left', 'left', 'right', 'right', 'left'], style: { head: [], border: [] } });
  for (const account of result.value.accounts) {
    const value = account.value === null ? `unknown: ${account.reason ?? 'no value'}` : `${account.value} ${account.currency ?? ''}`;
    table.push([account.name, account.institution ?? 'manual', account.provider, value, account.percent ?? (account.value === null ? '' : account.reason ?? ''), account.asOf ?? 'never']);
  }
  table.push(['Portfolio', '', '', `${result.value.value ?? 'unknown'} ${result.value.currency}`, '', result.value.asOf]);
  return table.toString();
}
