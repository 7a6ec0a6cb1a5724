/** Institutions as Plaid lists them. Pure. Plaid trades nowhere. */
import type { CatalogueInstitution } from '../port.js';
import { countAt, fieldsAt, fieldsOf, listAt, misshapen, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';

export function institutionPageOf(body: unknown): { institutions: CatalogueInstitution[]; total: number } {
  const answer = fieldsOf(body, '');
  return {
    institutions: listAt(answer, 'institutions', '').map(({ fields, path }) => ({
      providerInstitutionId: textAt(fields, 'institution_id', path),
      name: textAt(fields, 'name', path),
      type: typeOf(productsAt(fields, path)),
      tradingAllowed: false,
    })),
    total: countAt(answer, 'total', ''),
  };
}

/** Products of one institution (/institutions/get_by_id). */
export function supportedProducts(body: unknown): readonly string[] {
  return productsAt(fieldsAt(fieldsOf(body, ''), 'institution', ''), 'institution');
}

function productsAt(fields: Fields, path: string): readonly string[] {
  const products = fields['products'];
  if (!Array.isArray(products)) return misshapen(`${path}.products`, 'a list is expected');
  return products.filter((product) => typeof product === 'string');
}

function typeOf(products: readonly string[]): CatalogueInstitution['type'] {
  if (products.includes('transactions') || products.includes('auth')) return 'bank';
  return products.includes('investments') ? 'brokerage' : 'other';
}
