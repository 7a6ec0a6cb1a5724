/**
 * Securities consolidated by asset over accounts and providers, a row per account beneath; a long and a short side stay apart.
 * Accounts that do not count, cash, holdings of nothing and lines that are counted as cash already are no rows here.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import { absolute, compare, isNegative, isZero } from '@tidemark/money';
import { accountName } from '../account/account.js';
import { assetRef } from '../asset/asset-ref.js';
import { combineLines } from './combine-lines.js';
import type { HeldLine } from './combine-lines.js';
import type { AccountEntry } from './portfolio.js';
import { positionChange } from './position-change.js';
import type { ValuedLine } from './value-line.js';

type Side = 'long' | 'short';
interface Row {
  readonly entry: AccountEntry;
  readonly lines: HeldLine[];
}
interface Group {
  readonly asset: string;
  readonly side: Side;
  readonly rows: Map<string, Row>;
}

/** @returns positions by size of value, the largest first, their weights still null: a weight is a share of a whole that cash belongs to */
export function positionsOf(entries: readonly AccountEntry[]): snapshotsRpc.Position[] {
  return [...groups(entries).values()].map(positionOf).sort(bySize);
}

export function isHolding(line: ValuedLine): boolean {
  return line.role === 'position' && !isZero(line.line.quantity);
}

function groups(entries: readonly AccountEntry[]): Map<string, Group> {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    if (!entry.counted || !entry.now) continue;
    const { capturedAt } = entry.now.snapshot;
    for (const line of entry.now.lines.filter(isHolding)) {
      const side = sideOf(line);
      const key = `${side} ${line.line.asset}`;
      const group = found.get(key) ?? { asset: line.line.asset, side, rows: new Map<string, Row>() };
      const row = group.rows.get(entry.account.accountId) ?? { entry, lines: [] };
      row.lines.push({ ...line, capturedAt });
      group.rows.set(entry.account.accountId, row);
      found.set(key, group);
    }
  }
  return found;
}

function positionOf({ asset, side, rows }: Group): snapshotsRpc.Position {
  const parts = [...rows.values()];
  const lines = parts.flatMap((row) => row.lines);
  const combined = combineLines(lines);
  return {
    asset: assetRef(asset, namedBy(lines)),
    side,
    ...combined,
    dayChange: positionChange(parts.map((row) => row.entry), asset, (line) => isHolding(line) && sideOf(line) === side, combined.currency),
    weight: null,
    tradable: parts.some((row) => row.entry.account.trading),
    sources: [...new Set(parts.map((row) => row.entry.account.provider))].sort(),
    accounts: parts.map(sourceOf),
  };
}

function sourceOf({ entry, lines }: Row): snapshotsRpc.PositionSource {
  const { quantity, multiplier, currency, price, value, baseValue, costBasis } = combineLines(lines);
  return { accountId: entry.account.accountId, accountName: accountName(entry.account), provider: entry.account.provider, quantity, multiplier, currency, price, value, baseValue, costBasis };
}

/** The first line that knows a name names the position. */
function namedBy(lines: readonly HeldLine[]): { name: string | null; symbol: string | null } {
  return {
    name: lines.find((line) => line.line.name != null)?.line.name ?? null,
    symbol: lines.find((line) => line.line.symbol != null)?.line.symbol ?? null,
  };
}

function sideOf(line: ValuedLine): Side {
  return isNegative(line.line.quantity) ? 'short' : 'long';
}

function bySize(a: snapshotsRpc.Position, b: snapshotsRpc.Position): number {
  const size = (position: snapshotsRpc.Position) => absolute(position.baseValue ?? '0');
  return compare(size(b), size(a)) || (a.asset.id < b.asset.id ? -1 : a.asset.id > b.asset.id ? 1 : 0);
}
