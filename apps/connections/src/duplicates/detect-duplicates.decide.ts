/**
 * Which of a user's accounts are the same real account linked twice: through two providers, twice through one, or kept by hand beside
 * a linked one; and which links followed one that ended (disconnected, closed, and linked again). Pure. Nothing is taken for a duplicate on one sign alone: institution and type must fit, and then either the full
 * number (by its keyed hash), or its last characters together with the holdings, or, where no number is known, identical holdings.
 */
import { absolute, compare, isCash, multiply, sum, subtract } from '@tidemark/money';
import { nameKey } from '../routing/institution-name.js';
import { traitsOf } from '../routing/provider-traits.js';

export interface Candidate {
  readonly accountId: string;
  readonly connectionId: string;
  readonly provider: string;
  /** Null for a manual account: its institution may stand in its name. */
  readonly institutionId: string | null;
  readonly institutionName: string | null;
  readonly name: string;
  readonly type: string;
  readonly mask: string | null;
  readonly numberHash: string | null;
  readonly currency: string | null;
  /** Asset id → quantity by the newest snapshot; null before the first. */
  readonly holdings: Readonly<Record<string, string>> | null;
  readonly firstSeenAt: string;
  /** When it was closed or its connection was removed; null while it is there. */
  readonly goneAt: string | null;
  readonly duplicateOf: string | null;
  readonly duplicateBy: 'detection' | 'user' | null;
}

export interface Flag {
  readonly accountId: string;
  readonly duplicateOf: string | null;
  readonly evidence: readonly string[];
}

/** Holdings that agree at least so far confirm equal last characters of the number. */
const CONFIRMS = 0.8;
/** A flag is taken back only when holdings have clearly parted: two providers are not read at the same instant. */
const REFUTES = 0.2;
/** Quantities differ a little where dividends are reinvested between two readings. */
const TOLERANCE = '0.005';

/** @param accounts every account of one user, gone ones too @returns what is to change; nothing where all stands as it should */
export function detectDuplicates(accounts: readonly Candidate[]): Flag[] {
  const groups = new Set(groupsOf(accounts).values());
  return [...groups].flatMap((group) => [...flagsWithin(group)].flatMap(([account, target]): Flag[] => {
    if (account.duplicateBy === 'user' || account.duplicateOf === (target?.accountId ?? null)) return [];
    return [{ accountId: account.accountId, duplicateOf: target?.accountId ?? null, evidence: target ? evidenceOf(account, target, group) : ['no other account of yours is the same any more'] }];
  }));
}

/** Of which account each of a group is to be called a duplicate. Those that stand aside follow the one that counts, and that one a link that ended. */
function flagsWithin(group: readonly Candidate[]): Map<Candidate, Candidate | null> {
  const flags = new Map<Candidate, Candidate | null>();
  const there = group.filter(({ goneAt }) => goneAt === null);
  const counts = winnerOf(there);
  const ended = group.filter(({ goneAt }) => goneAt !== null).sort((a, b) => order(a.goneAt as string, b.goneAt as string));
  const standing = (account: Candidate) => group.find(({ accountId }) => accountId === account.duplicateOf) ?? null;
  for (const account of there) flags.set(account, account.duplicateBy === 'user' ? standing(account) : account === counts ? null : (counts ?? null));
  for (const account of ended) flags.set(account, standing(account));
  for (const [at, account] of [...ended, ...(counts ? [counts] : [])].entries()) follow(account, ended.slice(0, at).reverse(), flags);
  return flags;
}

/** Ties an account to those that went before it, so that on every day one of them counts: the newest that this one is to stand aside for, or that for this one. */
function follow(account: Candidate, before: readonly Candidate[], flags: Map<Candidate, Candidate | null>): void {
  if (account.duplicateBy === 'user') return;
  for (const other of before) {
    if (other.duplicateBy === 'user' || leadsTo(other, account, flags) || leadsTo(account, other, flags)) continue;
    if (standsAsideFor(account, other)) {
      if (!flags.get(account)) flags.set(account, other);
    } else if (!flags.get(other)) flags.set(other, account);
  }
}

function leadsTo(from: Candidate, to: Candidate, flags: ReadonlyMap<Candidate, Candidate | null>): boolean {
  const passed = new Set<Candidate>();
  for (let at: Candidate | null = from; at && !passed.has(at); at = flags.get(at) ?? null) {
    if (at === to) return true;
    passed.add(at);
  }
  return false;
}

/** One that was linked after the other had gone follows it; of two that were there together, the one that would not have counted stands aside. */
function standsAsideFor(account: Candidate, other: Candidate): boolean {
  return order(other.goneAt as string, account.firstSeenAt) <= 0 || winnerOf([account, other]) === other;
}

/** Sameness is carried on: where A is B and B is C, one group of three. */
function groupsOf(accounts: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map(accounts.map((account) => [account.accountId, [account]]));
  for (const [at, one] of accounts.entries()) {
    for (const other of accounts.slice(at + 1)) {
      const [mine, theirs] = [groups.get(one.accountId) ?? [one], groups.get(other.accountId) ?? [other]];
      if (mine === theirs || !areSame(one, other)) continue;
      const joined = [...mine, ...theirs];
      for (const member of joined) groups.set(member.accountId, joined);
    }
  }
  return groups;
}

/** Highest priority of provider, then the one linked first. What the user called a duplicate cannot be the one that counts. */
function winnerOf(group: readonly Candidate[]): Candidate | undefined {
  const able = group.filter((one) => !(one.duplicateBy === 'user' && one.duplicateOf !== null));
  return [...able].sort((a, b) => traitsOf(b.provider).priority - traitsOf(a.provider).priority || order(a.firstSeenAt, b.firstSeenAt) || order(a.accountId, b.accountId))[0];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function areSame(a: Candidate, b: Candidate): boolean {
  if ((a.connectionId === b.connectionId && !isRenewed(a, b)) || !typesFit(a, b) || !currenciesFit(a, b)) return false;
  if (hasNothing(a) || hasNothing(b)) return false;
  const institution = institutionsFit(a, b);
  if (institution === 'differ') return false;
  const number = numbersFit(a, b);
  if (number === 'differ') return false;
  if (number === 'same number') return institution === 'same';
  const flagged = a.duplicateOf === b.accountId || b.duplicateOf === a.accountId;
  // What one holds that is gone is of then: it cannot part from the other any more.
  if (flagged && (a.goneAt !== null || b.goneAt !== null)) return true;
  const overlap = overlapOf(a, b);
  if (number === 'same ending') return institution === 'same' && overlap !== null && overlap.agreement >= (flagged ? REFUTES : CONFIRMS);
  // Nothing but holdings speaks for it: they must be the same, and more than one thing.
  return overlap !== null && overlap.compared >= 2 && (flagged ? overlap.agreement >= REFUTES : overlap.agreement === 1);
}

/** A provider lists an account once; where one went when the other came, its id has changed. */
function isRenewed(a: Candidate, b: Candidate): boolean {
  return (a.goneAt !== null && b.firstSeenAt >= a.goneAt) || (b.goneAt !== null && a.firstSeenAt >= b.goneAt);
}

/** Gone before it was ever read: it has no past that could count. */
function hasNothing({ goneAt, holdings }: Candidate): boolean {
  return goneAt !== null && holdings === null;
}

const INVESTING: ReadonlySet<string> = new Set(['investment', 'brokerage', 'retirement', 'crypto']);

function kindOf(type: string): string {
  const key = type.toLowerCase();
  return INVESTING.has(key) ? 'investment' : key;
}

function typesFit(a: Candidate, b: Candidate): boolean {
  return kindOf(a.type) === kindOf(b.type);
}

function currenciesFit(a: Candidate, b: Candidate): boolean {
  return a.currency === null || b.currency === null || a.currency === b.currency;
}

function institutionsFit(a: Candidate, b: Candidate): 'same' | 'differ' | 'unknown' {
  if (a.institutionId === null || b.institutionId === null) return namesInstitution(a, b) || namesInstitution(b, a) ? 'same' : 'unknown';
  return a.institutionId === b.institutionId || nameKey(a.institutionName ?? '') === nameKey(b.institutionName ?? '') ? 'same' : 'differ';
}

/** A manual account called "Schwab IRA ...1234" names an institution in its own words. */
function namesInstitution(manual: Candidate, linked: Candidate): boolean {
  if (manual.institutionId !== null || linked.institutionName === null) return false;
  const words = nameKey(manual.name);
  const whole = nameKey(linked.institutionName);
  const last = nameKey(linked.institutionName.split(' ').at(-1) ?? '');
  return whole !== '' && (words.includes(whole) || (last.length >= 5 && words.includes(last)));
}

function numbersFit(a: Candidate, b: Candidate): 'same number' | 'same ending' | 'differ' | 'unknown' {
  if (a.numberHash !== null && b.numberHash !== null) {
    if (a.numberHash === b.numberHash) return 'same number';
    // One provider writes a number one way; two may write it differently, and then the endings decide.
    if (a.provider === b.provider) return 'differ';
  }
  const [one, other] = [endingOf(a), endingOf(b)];
  if (one === null || other === null) return 'unknown';
  const length = Math.min(one.length, other.length);
  return one.slice(-length) === other.slice(-length) ? 'same ending' : 'differ';
}

/** The last characters of the number; for a manual account the digits that its name ends with. */
function endingOf({ mask, institutionId, name }: Candidate): string | null {
  const ending = mask ?? (institutionId === null ? (/(\d{3,4})\D*$/.exec(name)?.[1] ?? null) : null);
  const clean = ending?.replace(/[^0-9A-Za-z]/g, '').toUpperCase() ?? '';
  return clean.length >= 2 ? clean : null;
}

interface Overlap {
  /** 0 to 1: of what either holds, how much both hold in (almost) the same quantity. */
  readonly agreement: number;
  readonly compared: number;
}

/** Null where nothing can be compared. A provider's own codes mean nothing to another and are left out. */
function overlapOf(a: Candidate, b: Candidate): Overlap | null {
  if (!a.holdings || !b.holdings) return null;
  const [mine, theirs] = withoutCash(comparable(a.holdings), comparable(b.holdings));
  const assets = [...new Set([...mine.keys(), ...theirs.keys()])];
  if (assets.length === 0 || mine.size === 0 || theirs.size === 0) return null;
  const agreed = assets.filter((asset) => isClose(mine.get(asset), theirs.get(asset))).length;
  return { agreement: agreed / assets.length, compared: assets.length };
}

function comparable(holdings: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(holdings).filter(([asset, quantity]) => !asset.startsWith('provider:') && compare(quantity, '0') !== 0));
}

/** Providers count sweeps into cash or not, and cash moves between two readings: securities decide wherever both hold some. */
function withoutCash(mine: Map<string, string>, theirs: Map<string, string>): [Map<string, string>, Map<string, string>] {
  const securities = [mine, theirs].map((held) => new Map([...held].filter(([asset]) => !isCash(asset)))) as [Map<string, string>, Map<string, string>];
  return securities.every((held) => held.size > 0) ? securities : [mine, theirs];
}

function isClose(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const difference = absolute(subtract(a, b));
  return compare(multiply(difference, '2'), multiply(TOLERANCE, sum([absolute(a), absolute(b)]))) <= 0;
}

function evidenceOf(account: Candidate, winner: Candidate, group: readonly Candidate[]): string[] {
  // In a group of three the account may be tied to the one that counts through the third.
  const twin = areSame(account, winner) ? winner : (group.find((other) => other.accountId !== account.accountId && areSame(account, other)) ?? winner);
  const number = numbersFit(account, twin);
  const overlap = overlapOf(account, twin);
  const through = twin.provider === account.provider ? `linked twice through ${account.provider}` : `linked through ${account.provider} and ${twin.provider}`;
  return [
    ...(institutionsFit(account, twin) === 'same' ? [`same institution: ${twin.institutionName ?? account.institutionName ?? 'by name'}`] : []),
    ...(number === 'same number' ? ['same account number (by its hash)'] : number === 'same ending' ? [`same last characters of the number: ${endingOf(account) ?? ''}`] : []),
    `same type: ${kindOf(account.type)}`,
    ...(overlap ? [`${Math.round(overlap.agreement * 100)} % of ${overlap.compared} holdings agree`] : []),
    winner.goneAt !== null && account.goneAt === null
      ? `the other was there until ${winner.goneAt.slice(0, 10)}: it counts up to then, and this one from then on`
      : winner.provider === account.provider ? `${through}; the one linked first counts` : `${through}; ${winner.provider} counts before ${account.provider}`,
  ];
}
