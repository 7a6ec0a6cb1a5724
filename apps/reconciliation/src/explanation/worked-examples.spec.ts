/** The examples of docs/reconciliation.md are run: what a reader is told is what the product says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Tolerance } from '@tidemark/contracts';
import { compare } from '../comparison/compare.js';
import { withStaleness } from '../comparison/staleness.js';
import type { AccountMove } from '../expectation/account-move.js';
import { BASIS, basisOf, FETCHED, heldOf, move, NEW_YORK, uuid } from '../expectation/expectation.fixture.js';
import { expectedAgainst } from '../expectation/expected-against.js';
import { newestExpectedAt } from '../expectation/expected-state.js';
import { explain } from './explain.js';
import type { ExplanationInput, OwnAccount } from './explanation-input.js';

type Held = Record<string, string>;
type Told = Partial<AccountMove>;
interface Example {
  readonly tolerance?: Tolerance;
  readonly providerAsOf?: string;
  readonly basis: Held;
  readonly transactions?: readonly Told[];
  readonly actual: Held;
  readonly others?: readonly { readonly name: string; readonly quantities?: Held; readonly differences?: Held; readonly flows?: readonly Told[]; readonly duplicate?: true }[];
  readonly lines: Record<string, { readonly expected: string; readonly outcome: string; readonly explanations: readonly [string, string, boolean, number][] }>;
}

const TEXT = readFileSync(new URL('../../../../docs/reconciliation.md', import.meta.url), 'utf8');
const EXAMPLES = [...TEXT.matchAll(/^(?<title>\S.*)\n\n```json example\n(?<body>[^]*?)\n```$/gm)].map(({ groups }): [string, Example] => [String(groups?.['title']).slice(0, 60), JSON.parse(String(groups?.['body'])) as Example]);

function said({ tolerance = {}, providerAsOf = null, basis, transactions = [], actual: stated, others = [], lines }: Omit<Example, 'providerAsOf'> & { providerAsOf?: string | null }): Example['lines'] {
  const moves = transactions.map((one, index) => move(100 + index, one));
  const actual = heldOf(stated);
  const state = expectedAgainst({ basis: basisOf(basis), moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED, actual, tolerance });
  const own = others.map(({ name, quantities = {}, differences = {}, flows = [], duplicate }, index): OwnAccount => ({ accountId: uuid(2 + index), name, duplicateOf: duplicate ? uuid(1) : null, quantities: heldOf(quantities), differences: heldOf(differences), flows: flows.map((flow, at) => move(200 + 10 * index + at, flow)) }));
  const evidence: ExplanationInput = { accountId: uuid(1), duplicateOf: null, basis: BASIS, state, actual, timeZone: NEW_YORK, until: FETCHED, providerAsOf, others: own };
  const judged = withStaleness(compare(state.quantities, actual, tolerance), { providerAsOf, newestExpectedAt: newestExpectedAt(state, BASIS, NEW_YORK) });
  return Object.fromEntries(judged.filter(({ asset }) => asset in lines).map((line) => {
    const explanations = explain(line, evidence).map(({ kind, quantity, complete, confidence }): [string, string, boolean, number] => [kind, quantity, complete, confidence]);
    return [line.asset, { expected: line.expected, outcome: line.outcome, explanations }];
  }));
}

describe('the worked examples of the documentation', () => {
  it('are all found', () => {
    expect(EXAMPLES.length).toBe(TEXT.split('```json example').length - 1);
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(12);
  });

  it.each(EXAMPLES)('%s', (_title, example) => {
    expect(said(example)).toEqual(example.lines);
  });
});
