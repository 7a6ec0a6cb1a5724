/** Everything this service can be told, read once at the start. */
import { credentialSettingProblems, credentialSettings } from '@tidemark/credentials';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { PROVIDER_SECRETS, providerSettings } from '@tidemark/providers';
import type { ProviderSettings } from '@tidemark/providers';
import { ConfigError, integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text, withSecretFiles } from '@tidemark/service';
import type { Env } from '@tidemark/service';

const auditKey = { accepts: '32 bytes in base64', fromFile: true, parse: (given: string) => (/^[A-Za-z0-9+/]{43}=$/.test(given) ? Buffer.from(given, 'base64') : undefined) };

const SCHEMA = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  RECONCILIATION_PG_URL: postgresUrl(),
  /** Where given, migrations run at the start. */
  RECONCILIATION_PG_OWNER_URL: optional(postgresUrl()),
  RECONCILIATION_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  RECONCILIATION_HOST: text('127.0.0.1'),
  RECONCILIATION_HTTP_PORT: port(3005),
  /** Off where the relay of this log runs as a process of its own. */
  RECONCILIATION_RELAY: oneOfTexts(['on', 'off'], 'on'),
  /** Keys the hash chains of the audit trail; a chain can be checked only with the key that it was made with. */
  AUDIT_KEY: auditKey,
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  ...credentialSettings,
};

/** @throws ConfigError naming every variable that is missing or wrong */
export function reconciliationConfig(env: Env) {
  const providers = providerSettings(withSecretFiles(env, PROVIDER_SECRETS));
  const problems = providers.ok ? [] : providers.error.map(({ variable, accepts }) => `${variable} must be ${accepts}`);
  const config = readOwn(env, problems);
  problems.push(...credentialSettingProblems(config));
  if (problems.length > 0) throw new ConfigError(problems);
  const known: readonly ProviderSettings[] = providers.ok ? providers.value : [];
  return { ...config, providers: known };
}

function readOwn(env: Env, problems: readonly string[]) {
  try {
    return readConfig(SCHEMA, env);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError([...error.problems, ...problems]) : error;
  }
}

export type ReconciliationConfig = ReturnType<typeof reconciliationConfig>;
