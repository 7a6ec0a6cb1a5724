import { sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/** The sum of the parts that are known. Of no parts it is 0; of parts none of which is known it is unknown. Who sums says that it is incomplete. */
export function sumKnown(parts: readonly (Decimal | null)[]): Decimal | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 && parts.length > 0 ? null : total(known);
}

/** The sum, or null where any part is unknown. */
export function sumOfAll(parts: readonly (Decimal | null)[]): Decimal | null {
  const known = parts.filter((part) => part !== null);
  return known.length === parts.length ? total(known) : null;
}

/** Most positions stand in one account: one part is its own sum. */
function total(parts: readonly Decimal[]): Decimal {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : sum(parts);
}
