/** What specs hand to adapters: no real waiting, and everything that was logged, so that it can be searched for secrets. */
import type { ProviderDeps } from '../deps.js';
import type { CallContext, CallRecord, ProviderSettings } from '../port.js';

export interface SpecDeps {
  readonly deps: ProviderDeps;
  readonly calls: CallRecord[];
  readonly slept: number[];
  readonly logged: unknown[];
  now: number;
}

export const NOW = Date.parse('2026-11-20T21:05:00.000Z');

export function specDeps(overrides: Partial<ProviderDeps> = {}): SpecDeps {
  const spec = { calls: [] as CallRecord[], slept: [] as number[], logged: [] as unknown[], now: NOW };
  const line = (level: string) => (fields: object, message: string) => void spec.logged.push({ level, ...fields, message });
  const deps: ProviderDeps = {
    clock: { now: () => spec.now },
    random: () => 0.5,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    onCall: (record) => void spec.calls.push(record),
    accountNumberKey: 'spec-key-of-account-numbers',
    sleep: async (milliseconds) => {
      spec.slept.push(milliseconds);
      spec.now += milliseconds;
    },
    ...overrides,
  };
  return Object.assign(spec, { deps });
}

export function specSettings(id: 'plaid' | 'snaptrade' | 'coinbase' | 'dydx', baseUrl: string, overrides: Partial<ProviderSettings> = {}): ProviderSettings {
  return {
    id,
    baseUrl,
    environment: 'spec',
    timeoutMs: 2_000,
    retries: 3,
    requestsPerMinute: 10_000,
    enabled: true,
    adminsOnly: false,
    refreshCost: { amount: id === 'plaid' ? '0.01' : '0.05', currency: 'USD' },
    clientId: `client-of-${id}`,
    clientSecret: `very-secret-of-${id}-4711`,
    ...overrides,
  };
}

export const CALL: CallContext = { userId: 'user-1', connectionId: '0b0f9f0e-6f0e-5c57-8d52-6d5bb1a0e6a2', institution: 'Some Bank' };
