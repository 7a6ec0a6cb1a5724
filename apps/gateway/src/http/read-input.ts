/** Takes a request's fields from path, query and body, checks each against its part of the contract, and puts them together. */
import type { TObject, TSchema } from 'typebox';
import type { FieldError } from '@tidemark/contracts';
import { fieldErrors } from '@tidemark/service';
import { refusal } from '../problem/answer.js';
import type { RouteShape } from '../routes/route.js';

export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** @param names path parameter → field of the contract's request. @throws Refusal `validation_failed` naming every field */
export function readInput(shape: RouteShape, names: Readonly<Record<string, string>>, raw: RawInput): Record<string, unknown> {
  const params = { ...(raw.params as Record<string, unknown>) };
  const query = typed(shape.query, { ...(raw.query as Record<string, unknown>) });
  const body = shape.body ? (raw.body === undefined ? {} : raw.body) : {};
  const errors = [...partErrors(shape.params, params), ...partErrors(shape.query, query), ...(shape.body ? partErrors(shape.body, body) : [])];
  if (errors.length > 0) throw refusal('validation_failed', `${errors.length === 1 ? 'one field is' : `${errors.length} fields are`} not accepted`, { errors });
  const named = Object.fromEntries(Object.entries(params).map(([name, value]) => [names[name] ?? name, value]));
  return { ...query, ...(body as Record<string, unknown>), ...named };
}

function partErrors(schema: TObject, value: unknown): FieldError[] {
  return fieldErrors(schema, value) ?? [...textErrors(value), ...dateErrors(schema, value as Record<string, unknown>)];
}

/** A query is text; numbers and flags are made of it where the contract asks for them. What cannot be made stays, and is refused. */
function typed(schema: TObject, query: Record<string, unknown>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const type = (schema.properties[name] as { type?: string } | undefined)?.type;
    if (type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) made[name] = Number(value);
    else if (type === 'boolean' && (value === 'true' || value === 'false')) made[name] = value === 'true';
    else made[name] = value;
  }
  return made;
}

/** Text that no database can keep: NUL, and halves of surrogate pairs. */
export function textErrors(value: unknown, field = ''): FieldError[] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [{ field, message: 'must be text without NUL and without half characters' }] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, held]) => {
    const below = field ? `${field}/${key}` : key;
    return textErrors(key).length > 0 ? [{ field, message: 'must have names without NUL and without half characters' }] : textErrors(held, below);
  });
}

const DATE = '^\\d{4}-';
const FIRST_YEAR = 1900;

/** A date has the right form by its pattern; whether there is such a day, a pattern cannot say. */
function dateErrors(schema: TObject, value: Record<string, unknown>): FieldError[] {
  return Object.entries(value).flatMap(([field, held]) => {
    const { pattern } = (schema.properties[field] ?? {}) as TSchema & { pattern?: string };
    if (!pattern?.startsWith(DATE) || typeof held !== 'string' || isDate(held)) return [];
    return [{ field, message: `must be a day that the calendar has, from ${FIRST_YEAR} on` }];
  });
}

function isDate(text: string): boolean {
  const [year = 0, month = 1, day = 1] = text.slice(0, 10).split('-').map(Number);
  const time = text.length > 10 ? Date.parse(text.replace(/\.\d+Z$/, 'Z')) : 0;
  const made = new Date(Date.UTC(year, month - 1, day));
  return year >= FIRST_YEAR && made.getUTCMonth() === month - 1 && made.getUTCDate() === day && !Number.isNaN(time);
}
