/**
 * /v4/fills, /v4/transfers and /v4/fundingPayments → transactions. Pure; field names as the indexer's own sources have them
 * (dydxprotocol/v4-chain, comlink).
 *
 * A fill on dYdX changes two balances: the position by ±size, and USDC by ∓size × price less the fee (on chain the quote side of every
 * perpetual fill is settled into the balance; that is why equity is USDC + Σ size × price, with no separate profit). No cash of a currency
 * moves, so a fill is two transactions: the perpetual, with the wire's `type` as subtype, and its `settlement` in USDC. A fee below zero
 * is a rebate. Closing at a profit thus needs no realised profit from the wire: it is the difference of two settlements.
 *
 * Funding is paid in USDC; `payment` is signed, + received (−size × oracle price × rate). Amounts of transfers are unsigned and their type
 * is said from this subaccount's side. Types that are not known here are kept and move nothing.
 */
import { add, isNegative, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { product } from '../lines.js';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import { Identities } from '../transaction-identity.js';
import { at, decimalAt, fieldsOf, listAt, misshapen, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { instantOf, optionalMoment } from '../wire/time.js';
import type { History } from './client.js';
import { coinAsset, perpetualAsset, SETTLEMENT_ASSET } from './subaccounts.js';

export interface HistoryRow {
  /** Of one row of the wire; two rows of the same page never share it. */
  readonly id: string;
  readonly createdAt: string;
  readonly transactions: readonly FetchedTransaction[];
}

const GAINED = new Set(['DEPOSIT', 'TRANSFER_IN']);
const GIVEN = new Set(['WITHDRAWAL', 'TRANSFER_OUT']);

/** @param secrets the address, which stands in every transfer */
export function historyOf(what: History, body: unknown, secrets: readonly string[]): HistoryRow[] {
  const read = { fills: fillOf, transfers: transferOf, fundingPayments: fundingOf }[what];
  return listAt(fieldsOf(body, ''), what, '').map(({ fields, path }) => {
    const createdAt = instantOf(textAt(fields, 'createdAt', path)) ?? misshapen(at(path, 'createdAt'), 'an instant is expected');
    const transactions = read(fields, path, secrets);
    return { id: transactions[0]?.identity ?? '', createdAt, transactions };
  });
}

function fillOf(fields: Fields, path: string, secrets: readonly string[]): FetchedTransaction[] {
  const market = textAt(fields, 'market', path);
  const side = textAt(fields, 'side', path);
  const marketType = optionalText(fields, 'marketType', path) ?? 'PERPETUAL';
  const price = decimalAt(fields, 'price', path);
  const size = decimalAt(fields, 'size', path);
  const fee = decimalAt(fields, 'fee', path);
  const id = textAt(fields, 'id', path);
  const row = { ...common(fields, path, secrets), identity: identityOf(id), description: `${side} ${market}` };
  if (marketType !== 'PERPETUAL' || (side !== 'BUY' && side !== 'SELL')) return [{ ...row, providerType: `${marketType}_FILL`.slice(0, 120), providerSubtype: side.slice(0, 120), asset: null, quantity: null, price, fees: fee, amount: null, currency: null }];
  const notional = product(size, price) ?? misshapen(at(path, 'size'), 'a size that can be held is expected');
  const [units, paid]: [Decimal, Decimal] = side === 'BUY' ? [size, negate(notional)] : [negate(size), notional];
  const type = optionalText(fields, 'type', path)?.slice(0, 120) ?? null;
  return [
    { ...row, providerType: 'FILL', providerSubtype: type, asset: perpetualAsset(market), quantity: units, price, fees: null, amount: null, currency: 'USD' },
    { ...row, identity: identityOf(`${id}:settlement`), providerType: 'SETTLEMENT', providerSubtype: type, asset: SETTLEMENT_ASSET, quantity: add(paid, negate(fee)), price: null, fees: isNegative(fee) ? null : fee, amount: null, currency: null },
  ];
}

function transferOf(fields: Fields, path: string, secrets: readonly string[]): FetchedTransaction[] {
  const type = textAt(fields, 'type', path);
  const size = decimalAt(fields, 'size', path);
  const symbol = textAt(fields, 'symbol', path);
  const quantity = GAINED.has(type) ? size : GIVEN.has(type) ? negate(size) : null;
  return [{
    ...common(fields, path, secrets), identity: identityOf(textAt(fields, 'id', path)), description: `${type} ${symbol}`.slice(0, 2000), providerType: type.slice(0, 120), providerSubtype: null,
    asset: coinAsset(symbol), quantity, price: null, fees: null, amount: null, currency: null,
  }];
}

/** A payment has no id: height, market and subaccount are one. */
function fundingOf(fields: Fields, path: string, secrets: readonly string[]): FetchedTransaction[] {
  const ticker = textAt(fields, 'ticker', path);
  const identity = identityOf(`funding:${ticker}:${textAt(fields, 'createdAtHeight', path)}`);
  return [{
    ...common(fields, path, secrets), identity, description: `Funding ${ticker}`, providerType: 'FUNDING', providerSubtype: null,
    asset: SETTLEMENT_ASSET, quantity: decimalAt(fields, 'payment', path), price: null, fees: null, amount: null, currency: null,
  }];
}

function common(fields: Fields, path: string, secrets: readonly string[]) {
  const moment = optionalMoment(fields, 'createdAt', path) ?? misshapen(at(path, 'createdAt'), 'an instant is expected');
  return { date: moment.day, at: moment.at, settlementDate: null, original: redact({ ...fields }, secrets) };
}

function identityOf(id: string): string {
  return new Identities().of(id, {});
}
