/** Discrepancies for people: a table of them, and all of one. */
import type { reconciliationRpc } from '@tidemark/contracts';
import { moment, plain, textTable, wrapped } from './terminal.js';

type Discrepancy = reconciliationRpc.Discrepancy;

const COLUMNS = [{ head: 'Discrepancy' }, { head: 'Account' }, { head: 'Asset' }, { head: 'Status' }, { head: 'Expected', align: 'right' }, { head: 'Actual', align: 'right' }, { head: 'Difference', align: 'right' }, { head: 'What may have caused it' }] as const;

/** @param names of accounts, by their ids; one that is not there any more is called by its id */
export function discrepanciesText(items: readonly Discrepancy[], names: ReadonlyMap<string, string>): string {
  if (items.length === 0) return 'There is none.';
  return textTable(COLUMNS, items.map((one) => [
    one.id, wrapped(names.get(one.accountId) ?? one.accountId, 20), one.asset, `${one.kind}\n${statusText(one)}`, one.expected, one.actual, one.difference,
    one.explanations.map(({ kind, quantity, confidence }) => `${kind} ${quantity} (${confidence} %)`).join('\n'),
  ]));
}

function statusText({ status, resolution, timesSeen }: Discrepancy): string {
  return `${status}${resolution === null ? '' : `: ${resolution}`}, seen ${timesSeen}`;
}

export function discrepancyText(one: Discrepancy): string {
  return [
    plain(`${one.asset} of account ${one.accountId}: ${one.kind}, ${one.status}`),
    `Expected ${one.expected}, actual ${one.actual}: a difference of ${one.difference}.`,
    `Compared from the ${one.basis.kind} ${one.basis.id} of ${moment(one.basis.at)}. Opened ${moment(one.openedAt)}, seen ${one.timesSeen} time(s), last ${moment(one.lastSeenAt)}.`,
    ...divergenceText(one),
    ...(one.explanations.length === 0 && one.status !== 'resolved' ? ['Nothing was found that may have caused it.'] : []),
    ...one.explanations.flatMap(({ kind, quantity, confidence, summary, complete, evidence }) => [
      plain(`- ${kind} ${quantity} (${confidence} %)${complete ? ', nothing is left' : ''}: ${summary}`),
      ...evidence.map(({ kind: what, id, text }) => plain(`    ${what}${id === null ? '' : ` ${id}`}: ${text}`)),
    ]),
    ...(one.resolvedAt === null ? [] : [plain(`Resolved ${moment(one.resolvedAt)}: ${one.resolution ?? ''}${one.note === null ? '' : `, "${one.note}"`}.`)]),
    ...(one.status === 'resolved' ? [] : [`Next: if the provider is right, say so with \`tidemark discrepancies resolve ${one.id} --note <why>\`.`, 'Else it ends by itself when a later run finds both in agreement.']),
  ].join('\n');
}

function divergenceText({ divergence, basis }: Discrepancy): string[] {
  if (divergence === null) return [];
  const { before, after, difference } = divergence;
  return [`The books parted after the ${before.id === basis.id ? basis.kind : 'snapshot'} ${before.id} of ${moment(before.at)}, ${after === null ? 'which is the newest that agrees: the fresh answer of the provider differs' : `by ${difference} in that of ${moment(after.at)} (${after.id})`}.`];
}
