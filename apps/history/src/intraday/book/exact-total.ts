/** A sum that follows what it is made of: parts are put in and taken out, exactly, at the greatest scale seen. */
import { powerOfTen, scaled } from '@tidemark/money';
import type { Exact } from '@tidemark/money';

export class ExactTotal implements Exact {
  digits = 0n;
  scale = 0;

  add(part: Exact): void {
    this.widen(part.scale);
    this.digits += scaled(part, this.scale);
  }

  subtract(part: Exact): void {
    this.widen(part.scale);
    this.digits -= scaled(part, this.scale);
  }

  private widen(scale: number): void {
    if (scale <= this.scale) return;
    this.digits *= powerOfTen(scale - this.scale);
    this.scale = scale;
  }
}

export function compareExact(a: Exact, b: Exact): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [scaled(a, scale), scaled(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function times(a: Exact, b: Exact): Exact {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** As it stands now: a total goes on. */
export function frozen({ digits, scale }: Exact): Exact {
  return { digits, scale };
}
