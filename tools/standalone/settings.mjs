/**
 * The environment that each service of the local installation is started with. Each gets its own: its own database roles,
 * and no other service's secrets. What the user set in the environment wins; without provider keys the services talk to
 * the sandbox.
 */
const PASSED_ON = /^(LOG_LEVEL|NODE_ENV|TIDEMARK_PARTITIONS|NATS_STREAM_REPLICAS|OTEL_.+)$/;

/**
 * @param {{
 *   env: Record<string, string | undefined>,
 *   ports: Record<string, number>,
 *   natsUrl: string,
 *   databases: Record<string, { ownerUrl: string, serviceUrl: string }>,
 *   credentialsReaderUrls: { sync: string, reconciliation: string },
 *   secrets: import('./secrets.mjs').Secrets,
 *   sandbox: { url: string, plaid: { clientId: string, secret: string }, snaptrade: { clientId: string, consumerKey: string }, fmp: { apiKey: string } },
 * }} installation
 * @returns {Record<string, Record<string, string | undefined>>} service → environment
 */
export function environments(installation) {
  const { env, ports, natsUrl, databases, credentialsReaderUrls, secrets, sandbox } = installation;
  const general = { ...pick(env, (name) => PASSED_ON.test(name)), LOG_LEVEL: env.LOG_LEVEL ?? 'error', NATS_URL: natsUrl };
  const service = (name, more = {}) => {
    const prefix = name.toUpperCase();
    const database = databases[prefix];
    return {
      ...general,
      ...pick(env, (variable) => variable.startsWith(`${prefix}_`)),
      [`${prefix}_HTTP_PORT`]: String(ports[name]),
      ...(database ? { [`${prefix}_PG_URL`]: database.serviceUrl, [`${prefix}_PG_OWNER_URL`]: database.ownerUrl } : {}),
      ...more,
    };
  };
  const providers = { ...sandboxProviders(env, sandbox), ...pick(env, (name) => /^(PLAID|SNAPTRADE|COINBASE|DYDX)_/.test(name)) };
  const key = secretOr(env, 'CREDENTIALS_KEY', secrets.credentialsKey);
  // Its databases are the installation's own, all else about the store the user may set.
  const store = { ...pick(env, (name) => /^(CREDENTIALS|AWS)_(?!PG_)/.test(name)), ...key };
  const linking = { TIDEMARK_PUBLIC_URL: `http://127.0.0.1:${ports.gateway}`, ...pick(env, (name) => /^(TIDEMARK_PUBLIC_URL|ADMIN_USER_IDS|INSTITUTIONS_MAX_AGE)$/.test(name)) };
  return {
    connections: service('connections', { ...providers, ...store, ...linking, CREDENTIALS_PG_URL: databases.CREDENTIALS.serviceUrl, CREDENTIALS_PG_OWNER_URL: databases.CREDENTIALS.ownerUrl }),
    sync: service('sync', { ...providers, ...store, CREDENTIALS_PG_URL: credentialsReaderUrls.sync }),
    snapshots: service('snapshots'),
    history: service('history', prices(env, sandbox)),
    reconciliation: service('reconciliation', { ...providers, ...store, CREDENTIALS_PG_URL: credentialsReaderUrls.reconciliation, ...secretOr(env, 'AUDIT_KEY', secrets.auditKey) }),
    alerts: service('alerts', { ...pick(env, (name) => /^SMTP_/.test(name)), ...secretOr(env, 'ALERTS_KEY', secrets.alertsKey) }),
    gateway: service('gateway', gatewayToken(env, secrets)),
  };
}

/** The user's own, as a value or as a file, else the installation's. */
const secretOr = (env, name, otherwise) => (env[`${name}_FILE`] ? { [`${name}_FILE`]: env[`${name}_FILE`] } : { [name]: env[name] ?? otherwise });

/** Tokens are checked with our own secret unless the user brought a secret or an issuer. */
const gatewayToken = (env, { jwtSecret }) => (['GATEWAY_JWT_SECRET', 'GATEWAY_JWT_SECRET_FILE', 'GATEWAY_JWKS_URL', 'GATEWAY_JWT_ISSUER'].some((name) => env[name]) ? {} : { GATEWAY_JWT_SECRET: jwtSecret });

/** Without a source of the user's own, prices and quotes come from the sandbox. */
function prices(env, sandbox) {
  const own = pick(env, (name) => /^(PRICE|FMP|SYMBOL|QUOTES)(_|$)/.test(name));
  const played = { PRICE_SOURCE: 'fmp', FMP_BASE_URL: `${sandbox.url}/fmp`, FMP_WS_URL: `${sandbox.url.replace(/^http/, 'ws')}/fmp/ws`, FMP_API_KEY: sandbox.fmp.apiKey };
  if (own.FMP_API_KEY || own.FMP_API_KEY_FILE) return { PRICE_SOURCE: 'fmp', ...own };
  return own.PRICE_SOURCE ? own : { ...played, ...own };
}

/** A provider that the user gave no keys for is played by the sandbox. */
function sandboxProviders(env, sandbox) {
  const plaid = env.PLAID_CLIENT_ID ? {} : { PLAID_BASE_URL: `${sandbox.url}/plaid`, PLAID_CLIENT_ID: sandbox.plaid.clientId, PLAID_SECRET: sandbox.plaid.secret };
  const snaptrade = env.SNAPTRADE_CLIENT_ID
    ? {}
    : { SNAPTRADE_BASE_URL: `${sandbox.url}/snaptrade`, SNAPTRADE_CLIENT_ID: sandbox.snaptrade.clientId, SNAPTRADE_CONSUMER_KEY: sandbox.snaptrade.consumerKey };
  // Exchanges know no keys of ours: who wants the real ones names their environment (or an address).
  const exchange = (prefix, path) => (env[`${prefix}_ENV`] || env[`${prefix}_BASE_URL`] ? {} : { [`${prefix}_BASE_URL`]: `${sandbox.url}/${path}` });
  return { ...plaid, ...snaptrade, ...exchange('COINBASE', 'coinbase'), ...exchange('DYDX', 'dydx') };
}

function pick(env, wanted) {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== undefined && wanted(name)));
}
