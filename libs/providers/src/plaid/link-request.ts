/** What /link/token/create is asked. Pure. */
import { CountryCode, Products } from 'plaid';
import type { LinkTokenCreateRequest } from 'plaid';
import type { LinkRequest } from '../port.js';

const CLIENT_NAME = 'Tidemark';
/** Plaid keeps at most 24 months. */
const DAYS_OF_TRANSACTIONS = 730;

/**
 * Products decide which institutions Link offers: every one in `products` must be supported. A bank has no investments, a
 * brokerage often no transactions, so the institution's own list decides; where it is not known, transactions are asked for
 * and investments wherever they are there.
 * @param supported products of the institution as Plaid lists them, or null where unknown
 */
export function linkTokenRequest(request: LinkRequest, supported: readonly string[] | null): LinkTokenCreateRequest {
  const common: LinkTokenCreateRequest = {
    client_name: CLIENT_NAME,
    language: 'en',
    country_codes: [CountryCode.Us],
    user: { client_user_id: request.call.userId },
    ...(request.webhookUrl === undefined ? {} : { webhook: request.webhookUrl }),
    ...(request.redirectUri === undefined ? {} : { redirect_uri: request.redirectUri }),
  };
  const accessToken = request.existing?.['accessToken'];
  if (accessToken !== undefined) return { ...common, access_token: accessToken, update: { account_selection_enabled: true } };
  return {
    ...common,
    ...productsFor(supported),
    transactions: { days_requested: DAYS_OF_TRANSACTIONS },
    ...(request.providerInstitutionId === null || supported === null ? {} : { institution_id: request.providerInstitutionId }),
  };
}

function productsFor(supported: readonly string[] | null): Pick<LinkTokenCreateRequest, 'products' | 'required_if_supported_products'> {
  if (supported === null) return { products: [Products.Transactions], required_if_supported_products: [Products.Investments] };
  if (!supported.includes('investments')) return { products: [Products.Transactions] };
  return { products: [Products.Investments], ...(supported.includes('transactions') ? { required_if_supported_products: [Products.Transactions] } : {}) };
}
