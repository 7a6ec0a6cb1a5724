/**
 * Reads an option's terms from its OCC symbol (Options Symbology Initiative, 21 characters there, padding left out here):
 * root, expiry as YYMMDD, C or P, strike × 1000 in eight digits. `NFLX180201C00355000` is NFLX, 2018-02-01, call, 355.
 */
import { divide } from '@tidemark/money';
import { DateTime } from 'luxon';

export interface OptionContract {
  readonly underlying: string;
  readonly expires: string;
  readonly right: 'call' | 'put';
  readonly strike: string;
  /** Shares of a standard contract. An adjusted contract (its root ends in a digit) may deliver something else: a snapshot line says its own multiplier. */
  readonly multiplier: string;
}

const OCC = /^([A-Z0-9.]{1,6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;

/** @returns null where the text is no OCC symbol or its expiry no day */
export function parseOcc(symbol: string): OptionContract | null {
  const match = OCC.exec(symbol);
  if (!match) return null;
  const [, underlying = '', year, month, day, right, strike = '0'] = match;
  const expires = `20${year}-${month}-${day}`;
  if (!DateTime.fromISO(expires, { zone: 'utc' }).isValid) return null;
  return { underlying: underlying.replace(/\d+$/, ''), expires, right: right === 'C' ? 'call' : 'put', strike: divide(strike, '1000'), multiplier: '100' };
}
