/** A control request that cannot be done: told in words to whoever writes the test. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problems: { path: string; message: string }[] = [],
  ) {
    super(message);
  }
}

export type ControlBody = Record<string, unknown>;

export function objectOf(body: unknown): ControlBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(400, 'the body must be a JSON object');
  return body as ControlBody;
}

/** Refuses fields that nobody knows: a misspelt option must not pass in silence. */
export function onlyFields(body: ControlBody, known: readonly string[]): void {
  for (const field of Object.keys(body)) {
    if (!known.includes(field)) throw problem(field, `is not known; accepted are ${known.join(', ')}`);
  }
}

export function problem(path: string, message: string): Refusal {
  return new Refusal(400, `${path} ${message}`, [{ path, message }]);
}

export function oneOf<T extends string>(body: ControlBody, field: string, accepted: readonly T[]): T {
  const value = body[field];
  if (!accepted.includes(value as T)) throw problem(field, `must be one of ${accepted.join(', ')}`);
  return value as T;
}

export function optionalString(body: ControlBody, field: string): string | undefined {
  const value = body[field];
  if (value !== undefined && typeof value !== 'string') throw problem(field, 'must be a string');
  return value;
}

export function optionalWhole(body: ControlBody, field: string, least: number, most: number): number | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw problem(field, `must be a whole number between ${least} and ${most}`);
  }
  return value;
}

/** Without the fields that are undefined. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
