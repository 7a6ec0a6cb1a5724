/**
 * The two checks after every run. Forward: the opening state, with its adjustments, played forwards, is the first snapshot exactly. And
 * between each snapshot and the next, fetched independently: what one states, and what happened since, is what the other states.
 */
import type { historyRpc } from '@tidemark/contracts';
import { applied, movesIn, unitsOf } from './book.js';
import type { Book } from './book.js';
import type { CapturedSnapshot } from './model.js';
import type { Path } from './path.js';
import { residual } from './agree.js';
import { stored } from './ratio.js';

/** From the epoch of the opening, which has no instant of its own. */
export function forwardDifferences(books: readonly { book: Book; path: Path }[], snapshots: readonly CapturedSnapshot[], openedAt: string): historyRpc.Difference[] {
  const first = snapshots[0] as CapturedSnapshot;
  return books.flatMap(({ book, path }) => {
    const replayed = replay(book, path);
    const actual = book.held[0] as bigint;
    return replayed === actual ? [] : [difference(book, 'forward', openedAt, first.capturedAt, replayed, actual)];
  });
}

export function differencesBetween(books: readonly Book[], snapshots: readonly CapturedSnapshot[], agreed: readonly boolean[]): historyRpc.Difference[] {
  return snapshots.slice(1).flatMap((snapshot, index) => {
    if (agreed[index + 1] === true) return [];
    return books.flatMap((book) => {
      const apart = residual(book, index + 1);
      const actual = book.held[index + 1] as bigint;
      return apart === 0n ? [] : [difference(book, 'between_snapshots', (snapshots[index] as CapturedSnapshot).capturedAt, snapshot.capturedAt, actual - apart, actual)];
    });
  });
}

/** The first snapshot, of the opening: adjustments are applied on their day, and what came before an adjustment is not known. */
function replay(book: Book, { steps, missing }: Path): bigint {
  const opening = steps[0]?.units ?? null;
  let units = opening ?? 0n;
  let adjusted = opening !== null;
  for (const move of movesIn(book, 0)) {
    if (!adjusted && move.effect.day >= (missing?.day ?? Infinity)) {
      units += missing?.units as bigint;
      adjusted = true;
    }
    if (adjusted) units = applied(book, units, move);
  }
  return adjusted ? units : (book.held[0] as bigint);
}

function difference(book: Book, kind: historyRpc.Difference['kind'], from: string, to: string, expected: bigint, actual: bigint): historyRpc.Difference {
  const text = (units: bigint) => stored(unitsOf(book, units));
  return { kind, asset: book.asset, from, to, expected: text(expected), actual: text(actual), difference: text(actual - expected) };
}
