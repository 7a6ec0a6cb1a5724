/** SnapTrade's accounts in our terms. Pure but for the keyed hash of the account number, whose key is handed in. */
import type { AccountDetails, BalanceLine } from '@tidemark/contracts';
import { isCash, isCurrency, isZero, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { formsOfNumber, markOfNumber } from '../account-number.js';
import { providerAsset } from '../asset-ids.js';
import { cashValue, holdingsValue, merged } from '../lines.js';
import type { FetchedAccount } from '../port.js';
import { redact } from '../redaction.js';
import { listOf, optionalBoolean, optionalDecimal, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import type { Positions } from './positions.js';

const PROVIDER = 'snaptrade';
const CATEGORIES: Readonly<Record<string, string>> = { INVESTMENT: 'investment', DEPOSIT: 'depository', LOC: 'credit' };
const GONE = new Set(['closed', 'archived']);

/** An account as listed, with what is needed to read the rest of it. */
export interface ListedAccount {
  readonly details: AccountDetails;
  readonly total: Decimal | null;
  readonly currency: string | null;
  readonly lastSync: string | null;
  /** SnapTrade has not gathered the holdings yet: an empty answer would be no empty account. */
  readonly ready: boolean;
  /** The brokerage does not show what is in the account; its total is all there is. */
  readonly holdingsUnavailable: boolean;
  readonly received: Fields;
  /** The account number in every form in which a text may hold it; for redaction, never to be kept. */
  readonly numberForms: readonly string[];
}

/** Simulated accounts and closed ones are no part of what somebody owns; they are named in the notes. */
export function listedAccountsOf(body: unknown, key: Uint8Array | string): { accounts: ListedAccount[]; notes: string[] } {
  const notes: string[] = [];
  const accounts = listOf(body, '').flatMap(({ fields, path }) => {
    const account = listedAccount(fields, path, key);
    const status = optionalText(fields, 'status', path);
    const reason = optionalBoolean(fields, 'is_paper', path) === true ? 'it is a simulated (paper) account' : GONE.has(status ?? '') ? `its status is ${status}` : null;
    if (reason === null) return [account];
    notes.push(`account ending ${account.details.mask ?? 'unknown'} is left out: ${reason}`);
    return [];
  });
  return { accounts, notes };
}

function listedAccount(fields: Fields, path: string, key: Uint8Array | string): ListedAccount {
  const number = optionalText(fields, 'number', path);
  const { mask, hash } = markOfNumber(number, key);
  const numberForms = [...formsOfNumber(number), ...formsOfNumber(optionalText(fields, 'institution_account_id', path))];
  const balance = optionalFields(fields, 'balance', path);
  const total = balance === null ? null : optionalFields(balance, 'total', `${path}.balance`);
  const code = total === null ? null : optionalText(total, 'currency', `${path}.balance.total`);
  const currency = code !== null && isCurrency(code) ? code : null;
  const sync = optionalFields(fields, 'sync_status', path);
  const holdings = sync === null ? null : optionalFields(sync, 'holdings', `${path}.sync_status`);
  const within = `${path}.sync_status.holdings`;
  return {
    details: detailsOf(fields, path, { mask, hash, currency, numberForms }),
    total: total === null ? null : optionalDecimal(total, 'amount', `${path}.balance.total`),
    currency,
    lastSync: holdings === null ? null : optionalInstant(holdings, 'last_successful_sync', within),
    ready: holdings === null || optionalBoolean(holdings, 'initial_sync_completed', within) !== false,
    holdingsUnavailable: holdings !== null && optionalBoolean(holdings, 'holdings_unavailable', within) === true,
    received: fields,
    numberForms,
  };
}

interface Marks {
  readonly mask: string | null;
  readonly hash: string | null;
  readonly currency: string | null;
  readonly numberForms: readonly string[];
}

function detailsOf(fields: Fields, path: string, marks: Marks): AccountDetails {
  const category = optionalText(fields, 'account_category', path);
  const named = optionalText(fields, 'name', path) ?? optionalText(fields, 'institution_name', path) ?? 'Account';
  const name = marks.numberForms.reduce((text, form) => text.replaceAll(form, `…${marks.mask ?? ''}`), named);
  return {
    providerAccountId: textAt(fields, 'id', path),
    name: name.slice(0, 300),
    officialName: null,
    // Null is SnapTrade's "could not be determined"; it lists brokerage accounts unless it says otherwise.
    type: category === null ? 'investment' : (CATEGORIES[category] ?? category.slice(0, 60)),
    subtype: optionalText(fields, 'raw_type', path)?.slice(0, 80) ?? null,
    mask: marks.mask,
    numberHash: marks.hash,
    currency: marks.currency,
  };
}

/** One account whole. @param cash lines of /balances; @param received answers as received, kept without secrets and numbers */
export function fetchedAccountOf(account: ListedAccount, cash: readonly BalanceLine[], positions: Positions, received: Readonly<Record<string, unknown>>): FetchedAccount {
  const currency = account.currency ?? onlyCurrency(cash);
  const lines = merged([...cash, ...positions.lines]);
  const balances = account.holdingsUnavailable ? [...lines, ...unlisted(account, lines, currency)] : lines;
  const unknown = account.holdingsUnavailable && account.total === null;
  return {
    account: { ...account.details, currency },
    currency,
    providerAsOf: positions.asOf ?? account.lastSync,
    totals: { balance: account.total, available: null, holdingsValue: holdingsValue(balances, currency), cashValue: cashValue(lines, currency) },
    balances,
    providerMetadata: redact({ account: account.received, ...received }, account.numberForms),
    ...(unknown ? { incomplete: 'the brokerage shows neither the holdings nor the total of this account' } : {}),
  };
}

function onlyCurrency(cash: readonly BalanceLine[]): string | null {
  const codes = new Set(cash.map((line) => line.currency));
  const [code] = codes;
  return codes.size === 1 && code !== undefined ? code : null;
}

/**
 * What an account holds although the brokerage does not list it: one unit worth the total less what is listed, so that the
 * account is worth what its brokerage says. It is an asset of its own, never cash.
 */
function unlisted(account: ListedAccount, lines: readonly BalanceLine[], currency: string | null): BalanceLine[] {
  if (account.total === null || currency === null || lines.some((line) => line.currency !== currency || line.value === null)) return [];
  const listed = sum(lines.filter((line) => line.countedAsCash !== true).map((line) => line.value ?? (isCash(line.asset) ? line.quantity : '0')));
  const rest = subtract(account.total, listed);
  if (isZero(rest)) return [];
  const asset = providerAsset(PROVIDER, `unlisted:${account.details.providerAccountId}`);
  return [{ asset, quantity: '1', name: 'Holdings that the brokerage does not list', currency, price: rest, priceAsOf: account.lastSync, value: rest, costBasis: null }];
}
