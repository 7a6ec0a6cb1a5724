/** Everything that can be set, read once at the start. */
import { credentialSettingProblems, credentialSettings } from '@tidemark/credentials';
import { PROVIDER_SECRETS, providerSettings } from '@tidemark/providers';
import type { ProviderSettings } from '@tidemark/providers';
import { ConfigError, duration, integer, list, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text, url, withSecretFiles } from '@tidemark/service';
import type { Env, Parsed } from '@tidemark/service';

const SETTINGS = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  CONNECTIONS_PG_URL: postgresUrl(),
  CONNECTIONS_PG_OWNER_URL: optional(postgresUrl()),
  CONNECTIONS_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  CONNECTIONS_HOST: text('127.0.0.1'),
  CONNECTIONS_HTTP_PORT: port(3001),
  CREDENTIALS_PG_OWNER_URL: optional(postgresUrl()),
  /** Further database roles that may read credentials; `<database>_sync` may where it exists. */
  CREDENTIALS_READER_ROLES: list(),
  ...credentialSettings,
  TIDEMARK_PUBLIC_URL: url(['http', 'https'], 'http://localhost:3000'),
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: 16 }),
  /** Users who may use providers that are open to administrators only. */
  ADMIN_USER_IDS: list(),
  /** How old an imported catalogue of institutions may become. */
  INSTITUTIONS_MAX_AGE: duration('24h'),
  /** How often revocations and links left half done are looked at. */
  CONNECTIONS_CHORES_EVERY: duration('15s'),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
} as const;

export interface ConnectionsConfig extends Parsed<typeof SETTINGS> {
  readonly providers: readonly ProviderSettings[];
}

/** @throws ConfigError naming every variable that is missing or wrong */
export function readConnectionsConfig(env: Env): ConnectionsConfig {
  const problems: string[] = [];
  const parsed = collect(problems, () => readConfig(SETTINGS, env));
  const providers = providerSettings(collect(problems, () => withSecretFiles(env, PROVIDER_SECRETS)) ?? env);
  if (!providers.ok) problems.push(...providers.error.map(({ variable, accepts }) => `${variable} must be ${accepts}`));
  if (parsed) problems.push(...credentialSettingProblems(parsed));
  if (!parsed || !providers.ok || problems.length > 0) throw new ConfigError(problems);
  return { ...parsed, providers: providers.value };
}

function collect<T>(problems: string[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}
