/**
 * The same real account, linked twice: what one link shows for the other. Only between accounts that are flagged as the same. Where the
 * difference is what the twin holds, the provider counts both links' holdings in one, or shows under the other link what this one lost.
 */
import { absolute, compare, isZero, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { signed } from './candidates.js';
import type { OwnAccount, Proposal, Rule } from './explanation-input.js';
import { isTwin } from './twins.js';

const BOTH = 85;
const ELSEWHERE = 75;

export const duplicateLink: Rule = ({ line, rest }, input) => {
  const twins = input.others.filter((other) => isTwin(other, input));
  for (const twin of twins) {
    const held = twin.quantities.get(line.asset) ?? '0';
    if (isZero(held)) continue;
    if (compare(held, rest) === 0) return proposal(twin, rest, held, line.asset, BOTH, `${signed(rest)} ${line.asset} is what ${twin.name} holds, which is the same account linked twice: it may be counted in both.`);
    if (compare(negate(held), rest) === 0 && isZero(line.actual)) return proposal(twin, rest, held, line.asset, ELSEWHERE, `${absolute(rest)} ${line.asset} is shown under ${twin.name}, which is the same account linked twice, and no more under this one.`);
  }
  return null;
};

function proposal(twin: OwnAccount, quantity: Decimal, held: Decimal, asset: string, confidence: number, summary: string): Proposal {
  return { kind: 'duplicate_link', quantity, confidence, summary, evidence: [{ kind: 'account', id: twin.accountId, text: `${twin.name} holds ${held} ${asset}` }] };
}
