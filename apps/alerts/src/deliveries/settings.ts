/** How alerts are told, as the service's environment says it. */
import { ConfigError, duration, integer, optional, url } from '@tidemark/service';
import type { Parsed, Setting } from '@tidemark/service';
import { NOTHING_ALLOWED, parseAllowList } from './address/allow-list.js';
import type { AllowList } from './address/allow-list.js';
import { parseSender } from './email/mail-address.js';

const allowList: Setting<AllowList> = { accepts: 'a comma separated list of host names, IP addresses and networks such as 10.0.0.0/8', parse: parseAllowList, fallback: { value: NOTHING_ALLOWED } };
/** A length of time within bounds, which are in milliseconds. */
function within(fallback: string, least: number, most: number, bounds: string): Setting<number> {
  const inner = duration(fallback);
  const parse = (given: string): number | undefined => {
    const value = inner.parse(given);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  };
  return { ...inner, accepts: `${inner.accepts}, ${bounds}`, parse };
}

const sender: Setting<{ readonly name: string; readonly address: string }> = { accepts: 'an e-mail address such as alerts@example.com or "Tidemark <alerts@example.com>"', parse: parseSender };

/** Spread into the service's schema. */
export const deliverySettings = {
  /** Private hosts that webhooks may be sent to, over http too. */
  ALERTS_ALLOW_PRIVATE: allowList,
  /** Of one attempt in all: connecting, sending and the answer's headers. */
  ALERTS_WEBHOOK_TIMEOUT: within('10s', 100, 60_000, 'from 100ms to 1m'),
  ALERTS_RETRY_FOR: within('24h', 1_000, 30 * 86_400_000, 'from 1s to 30d'),
  /** Attempts at once of one process. */
  ALERTS_DELIVERY_CONCURRENCY: integer({ min: 1, max: 2_000, default: 128 }),
  /** Without it, rules that tell an e-mail address are refused. */
  SMTP_URL: { ...optional(url(['smtp', 'smtps'])), fromFile: true },
  SMTP_FROM: optional(sender),
  SMTP_TIMEOUT: within('30s', 100, 120_000, 'from 100ms to 2m'),
  SMTP_CONNECTIONS: integer({ min: 1, max: 100, default: 5 }),
};

export interface DeliverySettings {
  readonly allow: AllowList;
  readonly webhookTimeoutMs: number;
  readonly retryForMs: number;
  readonly concurrency: number;
  readonly mail: { readonly url: string; readonly from: { readonly name: string; readonly address: string }; readonly timeoutMs: number; readonly connections: number } | null;
  /** How long a delivery that was taken is ours without a sign of life. */
  readonly lockMs: number;
  readonly pollMs: number;
}

/** @throws ConfigError where one setting lacks another */
export function deliverySettingsOf(parsed: Parsed<typeof deliverySettings>): DeliverySettings {
  const { SMTP_URL, SMTP_FROM } = parsed;
  if (SMTP_URL !== undefined && SMTP_FROM === undefined) throw new ConfigError([`SMTP_FROM is required where SMTP_URL is set: set it to ${sender.accepts}`]);
  return {
    allow: parsed.ALERTS_ALLOW_PRIVATE, webhookTimeoutMs: parsed.ALERTS_WEBHOOK_TIMEOUT, retryForMs: parsed.ALERTS_RETRY_FOR, concurrency: parsed.ALERTS_DELIVERY_CONCURRENCY,
    mail: SMTP_URL !== undefined && SMTP_FROM !== undefined ? { url: SMTP_URL, from: SMTP_FROM, timeoutMs: parsed.SMTP_TIMEOUT, connections: parsed.SMTP_CONNECTIONS } : null,
    lockMs: 30_000, pollMs: 1_000,
  };
}
