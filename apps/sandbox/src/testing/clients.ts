/** The official SDKs pointed at a sandbox, as a product would point them, for the specs of this app. */
import { Configuration, CountryCode, PlaidApi, Products } from 'plaid';
import { Snaptrade, SnaptradeAuth } from 'snaptrade-typescript-sdk';
import { DEFAULT_CREDENTIALS, type RunningSandbox } from '../app.js';

export function plaidClient(sandbox: RunningSandbox, secret = DEFAULT_CREDENTIALS.plaid.secret): PlaidApi {
  const headers = { 'PLAID-CLIENT-ID': DEFAULT_CREDENTIALS.plaid.clientId, 'PLAID-SECRET': secret };
  return new PlaidApi(new Configuration({ basePath: `${sandbox.url}/plaid`, baseOptions: { headers } }));
}

export function snaptradeClient(sandbox: RunningSandbox, consumerKey = DEFAULT_CREDENTIALS.snaptrade.consumerKey, prefix = '/snaptrade'): Snaptrade<ReturnType<typeof SnaptradeAuth.commercialApiKey>> {
  return new Snaptrade({
    auth: SnaptradeAuth.commercialApiKey({ clientId: DEFAULT_CREDENTIALS.snaptrade.clientId, consumerKey }),
    basePath: `${sandbox.url}${prefix}`,
  });
}

/** A control request. @returns its parsed answer; @throws where the sandbox refuses, with its words */
export async function control<T = Record<string, unknown>>(sandbox: RunningSandbox, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${sandbox.url}/_control${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export interface LinkChoice {
  institutionId: string;
  as?: { person?: string; accounts?: string[] };
  webhook?: string;
  products?: Products[];
  ifSupported?: Products[];
}

/** The whole of Plaid's linking: token, approval, exchange. */
export async function linkPlaid(sandbox: RunningSandbox, choice: LinkChoice): Promise<{ accessToken: string; itemId: string }> {
  const plaid = plaidClient(sandbox);
  const { data: link } = await plaid.linkTokenCreate({
    client_name: 'Tidemark',
    language: 'en',
    country_codes: [CountryCode.Us],
    user: { client_user_id: 'user-1' },
    products: choice.products ?? [Products.Investments],
    ...(choice.ifSupported === undefined ? {} : { required_if_supported_products: choice.ifSupported }),
    institution_id: choice.institutionId,
    ...(choice.webhook === undefined ? {} : { webhook: choice.webhook }),
  });
  const approved = await control<{ publicToken: string }>(sandbox, 'POST', '/links/approve', { link: { kind: 'plaid_link', token: link.link_token }, as: choice.as });
  const { data } = await plaid.itemPublicTokenExchange({ public_token: approved.publicToken });
  return { accessToken: data.access_token, itemId: data.item_id };
}

export interface SnapUser {
  userId: string;
  userSecret: string;
}

export async function registerSnapTradeUser(sandbox: RunningSandbox, userId: string): Promise<SnapUser> {
  const { data } = await snaptradeClient(sandbox).authentication.registerSnapTradeUser({ userId });
  return { userId: data.userId!, userSecret: data.userSecret! };
}

/** The whole of SnapTrade's linking: login, approval. @returns the authorization's id */
export async function linkSnapTrade(
  sandbox: RunningSandbox,
  user: SnapUser,
  choice: { broker?: string; connectionType?: 'read' | 'trade' | 'trade-if-available'; reconnect?: string; as?: { person?: string } },
): Promise<string> {
  const { as, ...login } = choice;
  const { data } = await snaptradeClient(sandbox).authentication.loginSnapTradeUser({ ...user, ...login });
  const url = (data as { redirectURI: string }).redirectURI;
  const { authorizationId } = await control<{ authorizationId: string }>(sandbox, 'POST', '/links/approve', { link: { kind: 'snaptrade_portal', url }, as });
  return authorizationId;
}
