/**
 * Plaid's accounts in our terms. Pure. What is owed (credit, loan) enters negated; an investment account's `current` is its
 * total and `available` its withdrawable cash, so neither is added to its holdings.
 */
import type { AccountDetails, BalanceLine } from '@tidemark/contracts';
import { negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { currencyAsset, providerAsset, unofficialCurrency } from '../asset-ids.js';
import { cashLine, cashValue, holdingsValue, merged } from '../lines.js';
import type { FetchedAccount } from '../port.js';
import { redact } from '../redaction.js';
import { fieldsAt, fieldsOf, listAt, optionalDecimal, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import { currencyOf } from './currency.js';
import type { PlaidHoldings } from './holdings.js';

const PROVIDER = 'plaid';
const OWED = new Set(['credit', 'loan']);
const INVESTED = new Set(['investment', 'brokerage']);
/** Account types that /transactions/sync covers. */
const BANK = new Set(['depository', 'credit', 'loan']);

export function detailsOf(fields: Fields, path: string): AccountDetails {
  const text = (key: string, length: number) => optionalText(fields, key, path)?.slice(0, length) ?? null;
  return {
    providerAccountId: textAt(fields, 'account_id', path),
    name: text('name', 300) ?? text('official_name', 300) ?? textAt(fields, 'name', path),
    officialName: text('official_name', 300),
    type: textAt(fields, 'type', path).slice(0, 60),
    subtype: text('subtype', 80),
    mask: optionalText(fields, 'mask', path)?.slice(-4) ?? null,
    numberHash: null,
    currency: currencyOf(fieldsAt(fields, 'balances', path), `${path}.balances`).iso,
  };
}

export function accountDetailsOf(body: unknown): AccountDetails[] {
  return listAt(fieldsOf(body, ''), 'accounts', '').map(({ fields, path }) => detailsOf(fields, path));
}

export function isBankAccount(account: AccountDetails): boolean {
  return BANK.has(account.type);
}

/** When Plaid last heard from the institution, by kind of data; from /item/get. */
export interface PlaidFreshness {
  readonly investments: string | null;
  readonly transactions: string | null;
}

export function freshnessOf(body: unknown): PlaidFreshness {
  const status = optionalFields(fieldsOf(body, ''), 'status', '');
  const last = (key: string) => {
    const part = status === null ? null : optionalFields(status, key, 'status');
    return part === null ? null : optionalInstant(part, 'last_successful_update', `status.${key}`);
  };
  return { investments: last('investments'), transactions: last('transactions') };
}

/** The code of the error that the item is in, or null; Plaid goes on answering old data for some of them. */
export function itemErrorOf(body: unknown): string | null {
  const item = fieldsAt(fieldsOf(body, ''), 'item', '');
  const error = optionalFields(item, 'error', 'item');
  return error === null ? null : optionalText(error, 'error_code', 'item.error');
}

/** Every account of an item. @param holdings null where the item has no investments */
export function fetchedAccountsOf(accountsBody: unknown, holdings: PlaidHoldings | null, freshness: PlaidFreshness): { accounts: FetchedAccount[]; notes: string[] } {
  const notes = [...(holdings?.notes ?? [])];
  const accounts = everyAccount(accountsBody, holdings).map(({ fields, path }) => {
    const account = detailsOf(fields, path);
    const balances = fieldsAt(fields, 'balances', path);
    const amounts = amountsOf(balances, `${path}.balances`);
    if (holdings?.accounts.has(account.providerAccountId) === true) return investmentAccount(fields, account, amounts, holdings, freshness);
    return balanceAccount(fields, account, amounts, freshness, notes);
  });
  return { accounts, notes };
}

/** An account that came to be between the two questions is in the second answer alone. */
function everyAccount(accountsBody: unknown, holdings: PlaidHoldings | null): { fields: Fields; path: string }[] {
  const listed = listAt(fieldsOf(accountsBody, ''), 'accounts', '');
  const known = new Set(listed.map(({ fields }) => fields['account_id']));
  const late = [...(holdings?.accounts ?? [])].filter(([id]) => !known.has(id)).map(([id, fields]) => ({ fields, path: `holdings.accounts.${id}` }));
  return [...listed, ...late];
}

interface Amounts {
  readonly current: Decimal | null;
  readonly available: Decimal | null;
  readonly code: string | null;
  readonly official: boolean;
  readonly asOf: string | null;
}

function amountsOf(balances: Fields, path: string): Amounts {
  const { iso, unofficial } = currencyOf(balances, path);
  return {
    current: optionalDecimal(balances, 'current', path),
    available: optionalDecimal(balances, 'available', path),
    code: iso ?? unofficial,
    official: iso !== null,
    asOf: optionalInstant(balances, 'last_updated_datetime', path),
  };
}

function investmentAccount(fields: Fields, account: AccountDetails, amounts: Amounts, held: PlaidHoldings, freshness: PlaidFreshness): FetchedAccount {
  const lines = merged(held.lines.get(account.providerAccountId) ?? []);
  const received = held.received.get(account.providerAccountId) ?? [];
  const securities = [...new Set(received.map((holding) => held.securities.get(String(holding['security_id']))))].filter((security) => security !== undefined);
  return {
    account,
    currency: account.currency,
    providerAsOf: freshness.investments ?? amounts.asOf,
    totals: { balance: amounts.current, available: amounts.available, holdingsValue: holdingsValue(lines, account.currency), cashValue: cashValue(lines, account.currency) },
    balances: lines,
    providerMetadata: redact({ account: fields, holdings: received, securities }),
  };
}

/** A bank account, or any account that is read through its balance alone. What an investment account is worth is not cash: it is one unit of what is not listed. */
function balanceAccount(fields: Fields, account: AccountDetails, amounts: Amounts, freshness: PlaidFreshness, notes: string[]): FetchedAccount {
  const owed = OWED.has(account.type);
  // `available` stands in for money that is there; for money owed it is the unused limit and says nothing of the debt.
  const stated = amounts.current ?? (owed ? null : amounts.available);
  const amount = stated === null ? null : owed ? negate(stated) : stated;
  const invested = INVESTED.has(account.type);
  const lines: BalanceLine[] = amount === null || amounts.code === null ? [] : [invested ? unlisted(account, amount, amounts) : lineOf(amount, amounts.code, amounts.official)];
  const base = {
    account,
    currency: account.currency,
    providerAsOf: amounts.asOf ?? freshness.transactions,
    totals: { balance: amount, available: owed ? null : amounts.available, holdingsValue: null, cashValue: amounts.official && !invested ? amount : null },
    balances: lines,
    providerMetadata: redact({ account: fields }),
  };
  if (lines.length > 0) return base;
  const incomplete = `Plaid states no ${amount === null ? 'balance' : 'currency'} of this account`;
  notes.push(`account ending ${account.mask ?? 'unknown'} (${account.type}): ${incomplete}`);
  return { ...base, incomplete };
}

function unlisted(account: AccountDetails, amount: Decimal, amounts: Amounts): BalanceLine {
  const worth = amounts.official ? { currency: amounts.code, price: amount, value: amount } : { currency: null, price: null, value: null };
  return { asset: providerAsset(PROVIDER, `unlisted:${account.providerAccountId}`), quantity: '1', name: 'Holdings that the institution does not list', ...worth, costBasis: null };
}

function lineOf(amount: Decimal, code: string, official: boolean): BalanceLine {
  return cashLine(official ? currencyAsset(PROVIDER, code) : unofficialCurrency(PROVIDER, code), amount, code);
}
