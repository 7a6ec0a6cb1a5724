/** `lots=sale:purchase:quantity,…`: which purchase each sale is to be taken from. Pure. */
import type { Problem } from '@tidemark/contracts';
import { isUuid, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isDecimal, isNegative, isZero } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { invalidField } from '../reads/days-asked.js';

export interface Pick {
  readonly sale: string;
  readonly purchase: string;
  readonly quantity: Decimal;
}

export type LotMethod = 'fifo' | 'average' | 'specific';

const FORM = 'sale:purchase:quantity, comma separated, is accepted: ids of two transactions and how many units, such as 0190…:018f…:12.5';

export function picksAsked(method: LotMethod, lots: string | undefined): Result<Pick[], Problem> {
  if (method !== 'specific') return lots === undefined ? ok([]) : refuse(invalidField('lots', 'belongs to method=specific'));
  if (lots === undefined || lots.trim() === '') return refuse(invalidField('lots', `is needed with method=specific; ${FORM}`));
  const picks: Pick[] = [];
  for (const [index, text] of lots.split(',').entries()) {
    const [sale = '', purchase = '', quantity = '', ...rest] = text.trim().split(':');
    const noId = [sale, purchase].find((id) => !isUuid(id));
    const amount: string = quantity;
    const wrong = rest.length > 0 || quantity === '' ? FORM : noId !== undefined ? `${String(noId)} is no id of a transaction` : !isDecimal(amount) || isZero(amount) || isNegative(amount) ? `${amount} is no quantity above zero` : null;
    if (wrong !== null) return refuse(invalidField('lots', `entry ${index + 1}: ${wrong}`));
    picks.push({ sale, purchase, quantity });
  }
  return ok(picks);
}
