/** Brokerages as SnapTrade lists them. Pure. */
import type { CatalogueInstitution } from '../port.js';
import { listOf, optionalBoolean, optionalFields, optionalText, textAt } from '../wire/shape.js';

/** Brokerages that can be linked now, by their slug (which never changes). */
export function brokeragesOf(body: unknown): CatalogueInstitution[] {
  return listOf(body, '').flatMap(({ fields, path }) => {
    if (optionalBoolean(fields, 'enabled', path) === false) return [];
    const type = optionalFields(fields, 'brokerage_type', path);
    const kind = type === null ? null : optionalText(type, 'name', `${path}.brokerage_type`);
    return [{
      providerInstitutionId: textAt(fields, 'slug', path),
      name: optionalText(fields, 'display_name', path) ?? textAt(fields, 'name', path),
      type: kind !== null && /crypto/i.test(kind) ? ('crypto' as const) : ('brokerage' as const),
      tradingAllowed: optionalBoolean(fields, 'allows_trading', path) === true,
    }];
  });
}
