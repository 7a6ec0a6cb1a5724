/** The table beside the providers' official lists, which are outside this repository (TIDEMARK_SPECS, else ../shared/specs). */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { TRANSACTION_KINDS } from '../model.js';
import type { TableEntry, When } from './entry.js';
import { entriesFor, isKnownType, TRANSACTION_TABLE } from './table.js';

const folder = process.env['TIDEMARK_SPECS'] === undefined ? new URL('../../../../../shared/specs/', import.meta.url) : new URL(`file://${process.env['TIDEMARK_SPECS']}/`);
const there = existsSync(new URL('plaid.openapi.yaml', folder));
if (!there) process.stderr.write('The table of transactions is not compared with the official lists: set TIDEMARK_SPECS to the folder that holds plaid.openapi.yaml and snaptrade.openapi.yaml.\n');

const texts = new Map<string, string>();

/** One component schema. The documents are long: only the lines of the one asked for are parsed. */
function schemaOf(provider: string, name: string): any {
  const text = texts.get(provider) ?? readFileSync(new URL(`${provider}.openapi.yaml`, folder), 'utf8');
  texts.set(provider, text);
  const lines = new RegExp(`^    ${name}:\\n(?: {5,}.*\\n|\\n)+`, 'm').exec(text)?.[0];
  if (lines === undefined) throw new Error(`${provider}.openapi.yaml has no schema ${name} any more`);
  return parse(lines)[name];
}

/** Rows that together cover every transaction once. */
const WHOLE: readonly (readonly When[])[] = [['always'], ['cash_in', 'cash_out'], ['no_units', 'units'], ['units_in', 'units_out']];

function coversOnce(entries: readonly TableEntry[]): boolean {
  return WHOLE.some((whens) => whens.join() === entries.map(({ when }) => when).sort().join());
}

/** "buy/assignment", … as StandaloneInvestmentTransactionType lists them; a type without a list of its own takes any. */
function plaidPairs(): string[] {
  return Object.entries<any>(schemaOf('plaid', 'StandaloneInvestmentTransactionType').properties).flatMap(([type, described]) => {
    if (described.$ref === undefined) return [`${type}/*`];
    return Object.keys(schemaOf('plaid', described.$ref.split('/').at(-1)).properties).map((subtype) => `${type}/${subtype}`);
  });
}

function snaptradeTypes(): string[] {
  const described: string = schemaOf('snaptrade', 'AccountUniversalActivity').properties.type.description;
  return [...described.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]!);
}

// Skipped only where the official lists are not on this machine, which is said above.
(there ? describe : describe.skip)('the table beside Plaid’s list', () => {
  it('has every pair of type and subtype, by its own words, once', () => {
    const listed = plaidPairs();
    expect(listed.length).toBeGreaterThan(60);
    const wrong = listed.filter((pair) => {
      const [type = '', subtype = ''] = pair.split('/');
      return !coversOnce(TRANSACTION_TABLE.filter((entry) => entry.provider === 'plaid' && entry.source === 'investments' && entry.type === type && entry.subtype === subtype));
    });
    expect(wrong).toEqual([]);
  });

  it('knows every subtype of the enumeration, and every type', () => {
    const known = new Set(TRANSACTION_TABLE.filter(({ provider, source }) => provider === 'plaid' && source === 'investments').map(({ subtype }) => subtype));
    expect(schemaOf('plaid', 'InvestmentTransactionSubtype').enum.filter((subtype: string) => !known.has(subtype))).toEqual([]);
    expect(schemaOf('plaid', 'InvestmentTransactionType').enum).toEqual(Object.keys(schemaOf('plaid', 'StandaloneInvestmentTransactionType').properties));
  });

  it('has no pair of its own making', () => {
    const listed = new Set(plaidPairs());
    const enumerated = new Set(schemaOf('plaid', 'InvestmentTransactionSubtype').enum);
    const own = TRANSACTION_TABLE.filter(({ provider, source, type, subtype }) => provider === 'plaid' && source === 'investments' && !listed.has(`${type}/${subtype}`) && !(type === '*' && enumerated.has(subtype)));
    expect(own.map(({ type, subtype }) => `${type}/${subtype}`)).toEqual([]);
  });
});

// Skipped only where the official lists are not on this machine, which is said above.
(there ? describe : describe.skip)('the table beside SnapTrade’s list', () => {
  it('has every type once', () => {
    const listed = snaptradeTypes();
    expect(listed).toContain('REI');
    expect(listed.filter((type) => !coversOnce(TRANSACTION_TABLE.filter((entry) => entry.provider === 'snaptrade' && entry.type === type && entry.subtype === '*')))).toEqual([]);
  });

  it('has every option_type of a purchase and a sale', () => {
    const described: string = schemaOf('snaptrade', 'AccountUniversalActivity').properties.option_type.description;
    const actions = [...described.matchAll(/[A-Z]+_TO_[A-Z]+/g)].map(([action]) => action);
    expect(actions).toHaveLength(4);
    expect(actions.filter((action) => !coversOnce(TRANSACTION_TABLE.filter((entry) => entry.provider === 'snaptrade' && entry.type === action.split('_')[0] && entry.subtype === action)))).toEqual([]);
  });
});

describe('the table', () => {
  it('covers every transaction of each of its words exactly once', () => {
    const words = new Set(TRANSACTION_TABLE.map(({ provider, source, type, subtype }) => JSON.stringify([provider, source, type, subtype])));
    const wrong = [...words].filter((word) => {
      const [provider, source, type, subtype] = JSON.parse(word);
      return !coversOnce(entriesFor(provider, source, type, subtype));
    });
    expect(wrong).toEqual([]);
  });

  it('has the types of SnapTrade that only its documentation names', () => {
    const more = ['CONTRIBUTION', 'REBATE', 'RETURN_OF_CAPITAL', 'DISTRIBUTION', 'REVERSE_SPLIT', 'SPINOFF', 'STOCK_MERGER', 'INTERNAL_CASH_TRANSFER_IN', 'INTERNAL_CASH_TRANSFER_OUT', 'INTERNAL_ASSET_TRANSFER_IN', 'INTERNAL_ASSET_TRANSFER_OUT', 'EXTERNAL_ASSET_TRANSFER_OUT'];
    expect(more.filter((type) => !isKnownType('snaptrade', type, null))).toEqual([]);
  });

  it('makes a word of every kind for people, and of no other', () => {
    const manual = TRANSACTION_TABLE.filter(({ provider }) => provider === 'manual');
    expect(manual.map(({ type }) => type).sort()).toEqual(TRANSACTION_KINDS.filter((kind) => kind !== 'cancel' && kind !== 'unknown').sort());
    expect(manual.every(({ type, kind }) => type === kind)).toBe(true);
  });

  it('knows no word that is not in it', () => {
    expect(isKnownType('plaid', 'levitation', 'upward')).toBe(false);
    expect(isKnownType('plaid', 'buy', 'transfer')).toBe(false);
    expect(isKnownType('snaptrade', 'UNKNOWN', null)).toBe(false);
    expect(isKnownType('schwab', 'BUY', null)).toBe(false);
    expect(isKnownType('plaid', 'SOME_NEW_CATEGORY', null)).toBe(true);
  });
});
