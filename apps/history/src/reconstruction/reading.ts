/** Amounts as numbers. Snapshots state the same amounts day after day, so one run reads each text once. */
import { exact } from '@tidemark/money';
import type { Exact } from '@tidemark/money';

export type Read = (text: string) => Exact;

export function newReader(): Read {
  const known = new Map<string, Exact>();
  return (text) => {
    let amount = known.get(text);
    if (amount === undefined) known.set(text, (amount = exact(text)));
    return amount;
  };
}
