import { describe, expect, it } from '@jest/globals';
import { dayNumber, XNYS } from '@tidemark/market';
import { exact, sum } from '@tidemark/money';
import type { HistoryAccount } from '../../projections/accounts/row.js';
import { DayTrack } from './day-track.js';
import { LiveAccount } from './live-account.js';
import type { HeldLine } from './live-account.js';
import type { Baseline, Flows, LiveUser, UserAccount } from './live-user.js';
import { liveValue, prepareScope } from './scope-value.js';
import type { RateOn } from './account-value.js';
import type { ScopeOf } from './scope-value.js';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const TODAY = dayNumber('2026-11-20');
const rates: Record<string, string> = { EUR: '1.08337', 'EUR before': '1.08' };
const rateOn: RateOn = (currency, base, day) => {
  const rate = base === 'USD' ? rates[day < TODAY ? `${currency} before` : currency] : undefined;
  return rate === undefined ? null : exact(rate);
};

const line = (asset: string, quantity: string, price: string | null = null, currency = 'USD'): HeldLine => ({ asset, quantity, multiplier: '1', currency, price, priceAt: price === null ? null : NOW - 1, countedAsCash: false });
let number = 0;
function account(lines: readonly HeldLine[] | null, previous: Record<string, string> | null, given: { provider?: string; flows?: Flows; changes?: HistoryAccount['changes'] } = {}): UserAccount {
  const accountId = `00000000-0000-7000-8000-${String(++number).padStart(12, '0')}`;
  const baseline: Baseline | null = previous && { day: TODAY - 1, amounts: Object.entries(previous).map(([currency, amount]) => [currency, exact(amount)] as const), complete: true, provisional: false };
  const series = { series: accountId, userId: 'ann', accountId, currency: 'USD', market: XNYS, track: null, previousClose: null };
  return {
    account: { accountId, userId: 'ann', connectionId: null, institutionId: null, institutionName: null, provider: given.provider ?? 'plaid', name: 'a', displayName: null, type: 'investment', subtype: null, mask: null, currency: 'USD', trading: false, changes: given.changes ?? [], timeZone: null, transactions: true },
    market: XNYS, currency: 'USD', series, day: TODAY, live: lines && new LiveAccount(accountId, NOW, TODAY, lines, () => null, NOW), baseline, flows: given.flows === undefined ? [] : given.flows,
  };
}
const ask = (accounts: readonly UserAccount[], scope: Partial<ScopeOf> = {}) => {
  const user: LiveUser = { userId: 'ann', baseCurrency: 'USD', accounts, fingerprint: '' };
  const prepared = prepareScope(user, { account: null, source: 'all', currency: 'USD', ...scope }, NOW, rateOn);
  return liveValue(prepared, { now: NOW, date: '2026-11-20', marketState: 'open', rateOn }, (value) => DayTrack.begun(TODAY, value, NOW));
};

describe('the live value of a scope', () => {
  it('is the sum of its accounts, and so is its change', () => {
    const two = [account([line('equity:A', '10', '12.5'), line('currency:USD', '-5')], { USD: '110' }), account([line('currency:USD', '80')], { USD: '80' })];
    expect(ask(two)).toMatchObject({ value: '200', cash: '75', previousClose: '190', dayChange: '10', dayChangePercent: '5.26', complete: true, quality: 100 });
    expect(sum(two.map((one) => ask(two, { account: one.account.accountId }).value as string))).toBe('200');
  });

  it('takes no deposit for a gain, and measures by what was there and what came', () => {
    const given = [account([line('currency:USD', '1500')], { USD: '1000' }, { flows: [['USD', exact('500')]] })];
    expect(ask(given)).toMatchObject({ value: '1500', netFlow: '500', dayChange: '0', dayChangePercent: '0' });
  });

  it('converts today at the rate of today and the close before at the rate of its day', () => {
    expect(ask([account([line('currency:EUR', '100')], { EUR: '100' })])).toMatchObject({ value: '108.337', previousClose: '108', dayChange: '0.337', dayChangePercent: '0.31' });
  });

  it('knows no change where the close before of one account is unknown, and says which', () => {
    const linked = account([line('currency:USD', '5')], null);
    expect(ask([account([line('currency:USD', '10')], { USD: '10' }), linked])).toMatchObject({ value: '15', previousClose: null, dayChange: null, dayChangePercent: null, complete: true, reasons: [{ code: 'no_history', accountId: linked.account.accountId }] });
  });

  it('knows no change where the worth of what came in is unknown', () => {
    expect(ask([account([line('currency:USD', '5')], { USD: '5' }, { flows: null })])).toMatchObject({ value: '5', dayChange: null, reasons: [{ code: 'flow_value_missing' }] });
  });

  it('names what has no price or rate, lowers the quality, and shows no change then', () => {
    expect(ask([account([line('currency:USD', '5'), line('provider:plaid:x', '1')], { USD: '5' })])).toMatchObject({ value: '5', complete: false, quality: 50, dayChange: null, reasons: [{ code: 'price_missing', asset: 'provider:plaid:x' }] });
    expect(ask([account([line('currency:USD', '5'), line('currency:JPY', '7')], { USD: '5' })])).toMatchObject({ value: '5', complete: false, quality: 50, reasons: [{ code: 'rate_missing' }] });
    for (const unknown of [line('currency:JPY', '7'), line('provider:plaid:x', '1')]) expect(ask([account([unknown], { JPY: '7' })])).toMatchObject({ value: null, complete: false, quality: 0 });
  });

  it('leaves out accounts that do not count, and those of another source, but shows one that is asked for by itself', () => {
    const excluded = account([line('currency:USD', '7')], { USD: '7' }, { changes: [{ kind: 'excluded', value: true, effectiveAt: '2026-01-01T00:00:00Z' }] });
    const all = [account([line('currency:USD', '1')], { USD: '1' }), account([line('currency:USD', '2')], { USD: '2' }, { provider: 'manual' }), excluded];
    expect([ask(all).value, ask(all, { source: 'house' }).value, ask(all, { source: 'external' }).value, ask(all, { account: excluded.account.accountId }).value]).toEqual(['3', '2', '1', '7']);
  });

  it('has a duplicate as long as its twin has no snapshot, and not beside it', () => {
    const [empty, twin] = [account(null, null), account([line('currency:USD', '9')], { USD: '9' })];
    const duplicateOf = (other: UserAccount) => account([line('currency:USD', '9')], { USD: '9' }, { changes: [{ kind: 'duplicate', value: other.account.accountId, effectiveAt: '2026-01-01T00:00:00Z' }] });
    expect([ask([empty, duplicateOf(empty)]).value, ask([twin, duplicateOf(twin)]).value]).toEqual(['9', '9']);
  });

  it('is zero for nobody\'s accounts, and unknown where none has a snapshot', () => {
    expect(ask([])).toMatchObject({ value: '0', complete: true, quality: 100, dayChange: null, dayChangePercent: null });
    expect(ask([account(null, null)])).toMatchObject({ value: null, complete: false, quality: 0, reasons: [{ code: 'no_history' }] });
  });
});
