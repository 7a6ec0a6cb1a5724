/** How sure a proposal is. The numbers of each rule are in its own file and in docs/reconciliation.md; this is what they have in common. */

/** Of a figure that is all of the rest, of several that are, and of some that are a part of it. */
export interface Sureness {
  readonly one: number;
  readonly part: number;
}

/** The more figures a sum is chosen from, the likelier it comes out by chance. */
const A_FIGURE_MORE = 15;

export function confidenceOf({ one, part }: Sureness, whole: boolean, figures: number): number {
  return whole ? Math.max(one - (figures - 1) * A_FIGURE_MORE, 10) : part;
}
