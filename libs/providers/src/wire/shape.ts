/**
 * Reads a provider's answer field by field and says exactly where it is not what it should be. Inside, a fault is thrown
 * (an answer is deep, and every level would otherwise pass it on); `shaped` turns it into a value at the border.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { parseDecimal } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export type Fields = Readonly<Record<string, unknown>>;

/** Where and how an answer has the wrong shape; holds no value of the answer. */
export interface Misshapen {
  readonly path: string;
  readonly expected: string;
}

class MisshapenAnswer extends Error {
  constructor(readonly fault: Misshapen) {
    super(`${fault.path}: ${fault.expected}`);
  }
}

/** Runs a reading of an answer; the first fault found is the result. */
export function shaped<T>(read: () => T): Result<T, Misshapen> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof MisshapenAnswer) return refuse(error.fault);
    throw error;
  }
}

export function misshapen(path: string, expected: string): never {
  throw new MisshapenAnswer({ path, expected });
}

export function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

export function fieldsOf(value: unknown, path: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return misshapen(path === '' ? 'answer' : path, 'an object is expected');
  return value as Fields;
}

export function fieldsAt(parent: Fields, key: string, path: string): Fields {
  return fieldsOf(parent[key], at(path, key));
}

/** An object, or null where the field is absent or null. */
export function optionalFields(parent: Fields, key: string, path: string): Fields | null {
  return absent(parent[key]) ? null : fieldsAt(parent, key, path);
}

export function listOf(value: unknown, path: string): readonly { readonly fields: Fields; readonly path: string }[] {
  if (!Array.isArray(value)) return misshapen(path === '' ? 'answer' : path, 'a list is expected');
  return value.map((item, index) => ({ fields: fieldsOf(item, `${path}[${index}]`), path: `${path}[${index}]` }));
}

export function listAt(parent: Fields, key: string, path: string): readonly { readonly fields: Fields; readonly path: string }[] {
  return listOf(parent[key], at(path, key));
}

export function textAt(parent: Fields, key: string, path: string): string {
  const value = parent[key];
  if (typeof value !== 'string' || value === '') return misshapen(at(path, key), 'a text is expected');
  return value;
}

/** A text, or null where the field is absent, null or empty. Another type is a fault. */
export function optionalText(parent: Fields, key: string, path: string): string | null {
  const value = parent[key];
  if (absent(value) || value === '') return null;
  if (typeof value !== 'string') return misshapen(at(path, key), 'a text or null is expected');
  return value;
}

/** An exact amount. */
export function decimalAt(parent: Fields, key: string, path: string): Decimal {
  return optionalDecimal(parent, key, path) ?? misshapen(at(path, key), 'a number is expected');
}

/** An exact amount, or null where the provider gives none. */
export function optionalDecimal(parent: Fields, key: string, path: string): Decimal | null {
  const value = parent[key];
  if (absent(value)) return null;
  const decimal = typeof value === 'string' ? parseDecimal(value.trim()) : null;
  if (decimal === null) return misshapen(at(path, key), 'a number or null is expected');
  return kept(decimal) ? decimal : misshapen(at(path, key), 'a number of at most 40 digits before and after the point is expected');
}

/** A count such as a total of pages; the only wire numbers that are used as numbers. */
export function countAt(parent: Fields, key: string, path: string): number {
  const value = parent[key];
  const count = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : null;
  return count ?? misshapen(at(path, key), 'a whole number is expected');
}

export function booleanAt(parent: Fields, key: string, path: string): boolean {
  return optionalBoolean(parent, key, path) ?? misshapen(at(path, key), 'true or false is expected');
}

export function optionalBoolean(parent: Fields, key: string, path: string): boolean | null {
  const value = parent[key];
  if (absent(value)) return null;
  if (typeof value !== 'boolean') return misshapen(at(path, key), 'true, false or null is expected');
  return value;
}

function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** What an event can hold, see `DecimalText` in @tidemark/contracts. */
function kept(decimal: Decimal): boolean {
  return /^-?\d{1,40}(\.\d{1,40})?$/.test(decimal);
}
