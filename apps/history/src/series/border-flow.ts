import type { Decimal } from '@tidemark/money';

/** An account that came into the scope or went out of it; counted as an external flow of its value. */
export interface BorderFlow {
  readonly accountId: string;
  readonly date: string;
  /** + came in, − went; null where its value is not known. */
  readonly amount: Decimal | null;
  /** It takes the place of another link of the same real account: at the close of the day before, so that its own flows of the day count too. */
  readonly takesOver?: true;
}
