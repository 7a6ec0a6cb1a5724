/** The atoms that every event, request and answer is made of. One definition gives the type, the check and the published JSON Schema. */
import Type from 'typebox';
import type { TEnum, TProperties, TSchema } from 'typebox';

const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

export const Uuid = Type.String({ pattern: UUID_PATTERN, description: 'a UUID in lower case' });
/** An exact amount or quantity; never a JSON number. At most 60 digits, so that no one can make us work for hours. */
export const DecimalText = Type.String({ pattern: '^-?\\d{1,40}(\\.\\d{1,40})?$', description: 'a decimal string such as "-1373.6865"' });
export const Instant = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?Z$',
  description: 'an RFC 3339 UTC instant such as "2026-11-21T09:36:00.000Z"',
});
export const Day = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', description: 'a day such as "2026-11-21"' });
export const CurrencyCode = Type.String({ pattern: '^[A-Z]{3}$', description: 'an ISO 4217 currency code such as "USD"' });
export const AssetIdText = Type.String({ minLength: 3, maxLength: 240, pattern: '^[a-z]+:.+$', description: 'an asset id such as "equity:AAPL" or "currency:USD"' });
export const UserId = Type.String({ minLength: 1, maxLength: 200, description: 'the subject of the user\'s token' });
export const ProviderId = Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9_-]+$', description: 'plaid, snaptrade, manual, …' });
export const Money = Type.Object({ amount: DecimalText, currency: CurrencyCode }, { additionalProperties: false });
/** Received from a provider and kept as it came, secrets removed. */
export const Kept = Type.Record(Type.String(), Type.Unknown());

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An object that refuses unknown fields, as every input of ours does. */
export function strict<T extends TProperties>(properties: T, options: { description?: string } = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of these texts, and of their union in types. */
export function oneOf<const T extends string>(values: readonly T[], options: { description?: string } = {}): TEnum<T[]> {
  return Type.Enum<T[]>([...values], options);
}
