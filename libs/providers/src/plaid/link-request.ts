/** What /link/token/create is asked. Pure. */
import { CountryCode, Products } from 'plaid';
import type { LinkTokenCreateRequest } from 'plaid';
import type { LinkRequest } from '../port.js';

const CLIENT_NAME = 'Tidemark';
/** Plaid keeps at most 24 months. */
const DAYS_OF_TRANSACTIONS = 730;

/**
 * Products decide whom Link lets in: the institution must support every one in `products`, and the person must have an account
 * for it. Somebody with a checking account alone at a bank that offers investments must get in, so where transactions are there
 * they are the condition and investments are taken if the person has them; a brokerage without transactions is asked for
 * investments. An institution that is not known by id is asked as a bank is.
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
    ...(supported === null || supported.includes('transactions') ? { transactions: { days_requested: DAYS_OF_TRANSACTIONS } } : {}),
    ...(request.providerInstitutionId === null || supported === null ? {} : { institution_id: request.providerInstitutionId }),
  };
}

function productsFor(supported: readonly string[] | null): Pick<LinkTokenCreateRequest, 'products' | 'required_if_supported_products'> {
  const investments = supported === null || supported.includes('investments');
  if (supported !== null && !supported.includes('transactions') && investments) return { products: [Products.Investments] };
  return { products: [Products.Transactions], ...(investments ? { required_if_supported_products: [Products.Investments] } : {}) };
}
