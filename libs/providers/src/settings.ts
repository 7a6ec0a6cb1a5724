/**
 * Provider settings from environment-like text, parsed once at start. Pure: whoever calls reads the files of `PROVIDER_SECRETS`
 * (`PLAID_SECRET_FILE`). Every problem names its variable and what it accepts, all of them at once.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isNegative, parseDecimal } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { ProviderSettings } from './port.js';

export interface SettingsProblem {
  readonly variable: string;
  readonly accepts: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface ProviderDefaults {
  readonly id: string;
  readonly prefix: string;
  readonly environment: string;
  readonly environments: Readonly<Record<string, string>>;
  readonly requestsPerMinute: number;
  readonly refreshCost: Decimal;
  /** How the provider calls the secret of ours; null where there is neither a client id nor a secret: people bring their own keys. */
  readonly secret: 'SECRET' | 'CONSUMER_KEY' | null;
  readonly limitWindowMs?: number;
}

const PLAID: ProviderDefaults = {
  id: 'plaid',
  prefix: 'PLAID',
  environment: 'sandbox',
  environments: { sandbox: 'https://sandbox.plaid.com', production: 'https://production.plaid.com' },
  requestsPerMinute: 2_000,
  refreshCost: '0.01',
  secret: 'SECRET',
};
const SNAPTRADE: ProviderDefaults = {
  id: 'snaptrade',
  prefix: 'SNAPTRADE',
  environment: 'production',
  environments: { production: 'https://api.snaptrade.com' },
  requestsPerMinute: 250,
  refreshCost: '0.05',
  secret: 'CONSUMER_KEY',
};
/** 30 requests a second for one user (docs.cdp.coinbase.com, REST rate limits). */
const COINBASE: ProviderDefaults = {
  id: 'coinbase',
  prefix: 'COINBASE',
  environment: 'production',
  environments: { production: 'https://api.coinbase.com', sandbox: 'https://api-sandbox.coinbase.com' },
  requestsPerMinute: 1_800,
  refreshCost: '0',
  secret: null,
  limitWindowMs: 1_000,
};
/** 100 requests in 10 seconds for one address (docs.dydx.xyz, indexer rate limits). */
const DYDX: ProviderDefaults = {
  id: 'dydx',
  prefix: 'DYDX',
  environment: 'production',
  environments: { production: 'https://indexer.dydx.trade', testnet: 'https://indexer.v4testnet.dydx.exchange' },
  requestsPerMinute: 600,
  refreshCost: '0',
  secret: null,
  limitWindowMs: 10_000,
};

/** May be mounted as files (`NAME_FILE`), which whoever calls must have read. */
export const PROVIDER_SECRETS = ['PLAID_SECRET', 'SNAPTRADE_CONSUMER_KEY'] as const;

/** Settings of every provider, disabled ones included; a disabled one needs no keys. */
export function providerSettings(environment: Environment): Result<readonly ProviderSettings[], readonly SettingsProblem[]> {
  const problems: SettingsProblem[] = [];
  const settings = [PLAID, SNAPTRADE, COINBASE, DYDX].map((defaults) => settingsOf(defaults, environment, problems));
  return problems.length === 0 ? ok(settings) : refuse(problems);
}

function settingsOf(defaults: ProviderDefaults, environment: Environment, problems: SettingsProblem[]): ProviderSettings {
  const read = new Reader(defaults.prefix, environment, problems);
  const enabled = read.flag('ENABLED', true);
  const name = read.text('ENV') ?? defaults.environment;
  const known = defaults.environments[name];
  const baseUrl = read.url('BASE_URL') ?? known;
  if (baseUrl === undefined) read.problem('ENV', `one of ${Object.keys(defaults.environments).join(', ')} (or any name together with ${defaults.prefix}_BASE_URL)`);
  return {
    id: defaults.id,
    baseUrl: baseUrl ?? '',
    environment: name,
    timeoutMs: read.whole('TIMEOUT_MS', 30_000, 10, 600_000),
    retries: read.whole('RETRIES', 3, 0, 10),
    breakerMs: read.whole('BREAKER_MS', 15_000, 100, 600_000),
    requestsPerMinute: read.whole('REQUESTS_PER_MINUTE', defaults.requestsPerMinute, 1, 1_000_000),
    enabled,
    adminsOnly: read.flag('ADMINS_ONLY', false),
    refreshCost: { amount: read.amount('REFRESH_COST', defaults.refreshCost), currency: 'USD' },
    ...(defaults.limitWindowMs === undefined ? {} : { limitWindowMs: defaults.limitWindowMs }),
    clientId: defaults.secret === null ? '' : read.required('CLIENT_ID', enabled, 'the client id of the provider account'),
    clientSecret: secretOf(read, defaults, enabled),
  };
}

/** Plaid calls it a secret, SnapTrade a consumer key; the exchanges know keys of people alone. */
function secretOf(read: Reader, defaults: ProviderDefaults, enabled: boolean): string {
  const name = defaults.secret;
  if (name === null) return '';
  const value = read.text(name);
  if (value !== undefined) return value;
  if (enabled) read.problem(name, `the secret itself, or ${defaults.prefix}_${name}_FILE naming a file that holds it; or set ${defaults.prefix}_ENABLED=false`);
  return '';
}

class Reader {
  constructor(
    private readonly prefix: string,
    private readonly environment: Environment,
    private readonly problems: SettingsProblem[],
  ) {}

  text(name: string): string | undefined {
    const value = this.environment[`${this.prefix}_${name}`]?.trim();
    return value === '' ? undefined : value;
  }

  problem(name: string, accepts: string): void {
    this.problems.push({ variable: `${this.prefix}_${name}`, accepts });
  }

  required(name: string, needed: boolean, what: string): string {
    const value = this.text(name);
    if (value === undefined && needed) this.problem(name, `${what}; or set ${this.prefix}_ENABLED=false`);
    return value ?? '';
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return otherwise;
    if (value !== 'true' && value !== 'false') this.problem(name, 'true or false');
    return value === 'true';
  }

  whole(name: string, otherwise: number, least: number, most: number): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    this.problem(name, `a whole number from ${least} to ${most}`);
    return otherwise;
  }

  amount(name: string, otherwise: Decimal): Decimal {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const amount = parseDecimal(value);
    if (amount !== null && !isNegative(amount)) return amount;
    this.problem(name, 'an amount in USD such as 0.05, not negative');
    return otherwise;
  }

  url(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^https?:\/\/[^\s/?#]+[^\s?#]*$/.test(value)) return value.replace(/\/+$/, '');
    this.problem(name, 'an http(s) address without query, such as http://localhost:3100/plaid');
    return undefined;
  }
}
