/** What the audit trail keeps of a list of positions: how many, and a digest that tells later whether a list is the one that was imported. */
import { createHash } from 'node:crypto';
import type { BookPosition } from '@tidemark/contracts';
import { canonicalJson } from '@tidemark/kernel';

export function digestOf(positions: readonly BookPosition[]): { positions: number; sha256: string } {
  return { positions: positions.length, sha256: createHash('sha256').update(canonicalJson(positions)).digest('hex') };
}

export function sameContent(one: readonly BookPosition[], other: readonly BookPosition[]): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
