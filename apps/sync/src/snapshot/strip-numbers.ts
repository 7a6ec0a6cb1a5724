/**
 * The last gate before what a provider sent becomes part of the record: members whose names say that they hold an account number, a
 * routing number or a secret are left out, at every level. Adapters remove them first; this is here because an event can never be
 * taken back.
 */
const REFUSED = new Set([
  'number', 'accountnumber', 'accountno', 'fullaccountnumber', 'routing', 'routingnumber', 'wirerouting', 'abanumber', 'iban', 'bic', 'sortcode', 'bacs', 'ach', 'eft', 'transitnumber',
  'accesstoken', 'publictoken', 'refreshtoken', 'token', 'usersecret', 'clientsecret', 'secret', 'consumerkey', 'apikey', 'password', 'credential', 'credentials', 'authorization', 'signature', 'ssn',
]);

export function stripNumbers(kept: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return strip(kept) as Record<string, unknown>;
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !REFUSED.has(key.toLowerCase().replace(/[^a-z0-9]/g, '')))
      .map(([key, held]) => [key, strip(held)]),
  );
}
