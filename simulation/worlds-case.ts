/** One random account with its truth, and how it is reconstructed from what a provider shows of it on some evenings. */
import { generateHistory, trueHistory, worldAt } from '@tidemark/app-sandbox';
import type { TrueDay, World } from '@tidemark/app-sandbox';
import { dayNumber, dayOf, marketDayNumber } from '@tidemark/market';
import type { ReconstructionResult } from '../apps/history/src/reconstruction/model.js';
import { reconstruct } from '../apps/history/src/reconstruction/reconstruct.js';
import { closesOf } from './worlds-prices.js';
import { readSnapshot, readTransactions } from './worlds-read.js';
import type { Provider } from './worlds-read.js';

export const TODAY = '2026-11-20';

export interface Case {
  seed: number;
  provider: Provider;
  world: World;
  accountId: string;
  from: string;
  truth: Map<string, TrueDay[]>;
}

/** Every fifth person has two accounts, between which things move. @param length days of history */
export function drawCases(seed: number, provider: Provider, length = 70 + (Math.abs(seed * 7_919) % 80)): Case[] {
  const from = dayOf(dayNumber(TODAY) - length);
  const world = generateHistory({ seed, today: TODAY, days: length, securities: 9, assets: 5, transactionsPerAccount: 30, accountsPerPerson: seed % 5 === 0 ? 2 : 1, provider });
  const truth = trueHistory(world, from, TODAY);
  return world.accounts.map(({ id }) => ({ seed, provider, world, accountId: id, from, truth }));
}

export interface Shown {
  /** The world as the provider shows it, and as the price source knows it. */
  world: World;
  /** Evenings on which the account was read, oldest first; the last one is `TODAY`. */
  evenings: readonly string[];
  /** Since when the provider's transactions are whole. */
  wholeFrom: string;
  /** What stood in the account when it was read on one of the `evenings`, where that is not what was true then. */
  stood?: (day: string) => World;
  /** When it was read on that day; half a minute after the close where it is absent. */
  readAt?: (day: string) => Date;
}

export const whole = ({ world, from }: Case): Shown => ({ world, evenings: [TODAY], wholeFrom: from });

export function rebuilt({ accountId, provider, from, truth }: Case, { world, evenings, wholeFrom, stood, readAt }: Shown): ReconstructionResult {
  const then = stood ?? ((day: string) => (day === TODAY ? world : worldAt(world, day, truth)));
  return reconstruct({
    accountId,
    currency: 'USD',
    from: dayNumber(from),
    to: dayNumber(TODAY),
    snapshots: evenings.map((day) => readSnapshot(then(day), accountId, provider, day, readAt?.(day))),
    transactions: readTransactions(then(TODAY), accountId, provider, TODAY, readAt?.(TODAY)),
    wholeFrom: dayNumber(wholeFrom),
    closesOf: closesOf(world, TODAY),
    marketDayOf: (instant) => marketDayNumber(Date.parse(instant)),
  });
}

/** The money-market funds that stand among the positions of one of the evenings as it was read: SnapTrade counts them in the cash. */
export function countedAsCash({ provider, world, truth, accountId }: Case, { evenings, stood }: Pick<Shown, 'evenings' | 'stood'>): Set<string> {
  const funds = world.securities.filter(({ kind }) => kind === 'money_market').map(({ id }) => id);
  const positions = (day: string): string[] => (stood === undefined ? truth.get(accountId)!.filter((each) => each.day === day).flatMap(({ units }) => [...units.keys()]) : held(stood(day), accountId));
  const shown = new Set(evenings.flatMap(positions));
  return new Set(provider === 'snaptrade' ? funds.filter((id) => shown.has(id)) : []);
}

const held = ({ accounts }: World, accountId: string): string[] => (accounts.find(({ id }) => id === accountId)?.holdings ?? []).map(({ security }) => security);

export const truthOf = ({ accountId, truth }: Case): TrueDay[] => truth.get(accountId)!;
