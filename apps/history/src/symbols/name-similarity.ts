/**
 * How alike two names of a security are. Dice over pairs of letters, of names without punctuation and legal forms. Numbers and the words that
 * tell siblings apart must be the same: "Target Retirement 2040" and "… 2045" are one letter apart and two different funds.
 */
import { CmpStr } from 'cmpstr';

const measure = CmpStr.create().setMetric('dice');

/** They say what kind of paper it is or how the company is incorporated, and not which one. */
const EMPTY = new Set(['inc', 'incorporated', 'corp', 'corporation', 'co', 'company', 'ltd', 'limited', 'plc', 'llc', 'lp', 'nv', 'sa', 'ag', 'se', 'the', 'common', 'stock', 'shares', 'share', 'ordinary', 'cl', 'class', 'com', 'new', 'and']);
const TELLING = /^(\d.*|[a-z]|admiral|investor|institutional|inst|adr|preferred|pfd|bull|bear|ultra|short|inverse|leveraged|growth|value|hedged|i{2,3}|iv)$/;

/** 0 to 1. */
export function nameSimilarity(a: string, b: string): number {
  const [one, other] = [words(a), words(b)];
  if (one.length === 0 || other.length === 0) return 0;
  const [left, right] = [one.join(' '), other.join(' ')];
  return left === right ? 1 : measure.compare(left, right);
}

/** Whether numbers, share classes and the like are the same in both names. */
export function sameVariant(a: string, b: string): boolean {
  const telling = (name: string): string => words(name).filter((word) => TELLING.test(word)).sort().join(' ');
  return telling(a) === telling(b);
}

function words(name: string): string[] {
  const plain = name.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f'’.]/g, '').replace(/&/g, ' ').replace(/[^a-z0-9]+/g, ' ').trim();
  return plain.split(' ').filter((word) => word !== '' && !EMPTY.has(word));
}
