/**
 * Securities consolidated by asset over accounts and providers, a row per account beneath; a long and a short side stay apart.
 * Accounts that do not count, cash, holdings of nothing and lines that are counted as cash already are no rows here.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import { absolute, compare, isZero } from '@tidemark/money';
import { accountName } from '@tidemark/contracts';
import { assetRef } from '../asset/asset-ref.js';
import { combineLines, gainOf } from './combine-lines.js';
import type { HeldLine } from './combine-lines.js';
import type { AccountEntry } from './portfolio.js';
import { positionChange } from './position-change.js';
import type { ValuedAccount } from './value-account.js';
import type { ValuedLine } from './value-line.js';

type Side = 'long' | 'short';
interface Row {
  readonly entry: AccountEntry;
  readonly lines: HeldLine[];
  /** The same asset and side at the close before. */
  readonly before: ValuedLine[];
}
interface Group {
  readonly asset: string;
  readonly side: Side;
  readonly rows: Row[];
}

/** @returns positions by size of value, the largest first, their weights still null: a weight is a share of a whole that cash belongs to */
export function positionsOf(entries: readonly AccountEntry[]): snapshotsRpc.Position[] {
  return [...groups(entries).values()]
    .map(positionOf)
    .map((position) => ({ position, size: absolute(position.baseValue ?? '0') }))
    .sort((a, b) => compare(b.size, a.size) || (a.position.asset.id < b.position.asset.id ? -1 : 1))
    .map(({ position }) => position);
}

function groups(entries: readonly AccountEntry[]): Map<string, Group> {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    if (!entry.counted || !entry.now) continue;
    for (const [key, row] of rowsOf(entry, entry.now)) {
      const [first] = row.lines;
      if (!first) continue;
      const group = found.get(key) ?? { asset: first.line.asset, side: sideOf(first), rows: [] };
      group.rows.push(row);
      found.set(key, group);
    }
  }
  return found;
}

/** An account's holdings by side and asset. */
function rowsOf(entry: AccountEntry, now: ValuedAccount): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of now.lines.filter(isHolding)) {
    const row = rows.get(keyOf(line)) ?? { entry, lines: [], before: [] };
    row.lines.push({ ...line, capturedAt: now.snapshot.capturedAt });
    rows.set(keyOf(line), row);
  }
  for (const line of entry.before?.lines.filter(isHolding) ?? []) rows.get(keyOf(line))?.before.push(line);
  return rows;
}

function positionOf({ asset, side, rows }: Group): snapshotsRpc.Position {
  const lines = rows.flatMap((row) => row.lines);
  const combined = combineLines(lines);
  return {
    asset: assetRef(asset, namedBy(lines)),
    side,
    ...combined,
    ...gainOf(lines, combined),
    dayChange: positionChange(rows, combined.currency),
    weight: null,
    tradable: rows.some((row) => row.entry.account.trading),
    sources: [...new Set(rows.map((row) => row.entry.account.provider))].sort(),
    accounts: rows.map(({ entry, lines: own }) => ({ accountId: entry.account.accountId, accountName: accountName(entry.account), provider: entry.account.provider, ...combineLines(own) })),
  };
}

/** The first line that knows a name names the position. */
function namedBy(lines: readonly HeldLine[]): { name: string | null; symbol: string | null } {
  return {
    name: lines.find((line) => line.line.name != null)?.line.name ?? null,
    symbol: lines.find((line) => line.line.symbol != null)?.line.symbol ?? null,
  };
}

export function isHolding(line: ValuedLine): boolean {
  return line.role === 'position' && !isZero(line.line.quantity);
}

function keyOf(line: ValuedLine): string {
  return `${sideOf(line)} ${line.line.asset}`;
}

/** A decimal is below zero where it begins with a minus and is not zero, which a holding is not. */
function sideOf(line: ValuedLine): Side {
  return line.line.quantity.startsWith('-') ? 'short' : 'long';
}
