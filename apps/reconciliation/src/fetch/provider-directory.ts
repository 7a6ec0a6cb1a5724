/**
 * The providers of this installation, made when they are first asked for: their adapters need the key of the account-number hash,
 * which connections makes at its very first start, possibly after ours.
 */
import { readAccountNumberKey } from '@tidemark/credentials';
import type { CredentialStore } from '@tidemark/credentials';
import type { Clock } from '@tidemark/kernel';
import { createProviders } from '@tidemark/providers';
import type { CallRecord, ProviderPort, ProviderSettings } from '@tidemark/providers';
import type { Logger } from '@tidemark/service';
import type { ProviderDirectory } from '../deps.js';
import type { ReconciliationMetrics } from '../metrics.js';

export interface DirectoryOptions {
  readonly settings: readonly ProviderSettings[];
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: ReconciliationMetrics;
  /** Waits between retries; real time where absent. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Connections has not made the key yet: whoever asked asks again. */
export class ProvidersNotReady extends Error {
  constructor() {
    super('the key of the account-number hash is not there yet: the connections service makes it at its first start');
    this.name = 'ProvidersNotReady';
  }
}

export function providerDirectory(options: DirectoryOptions): ProviderDirectory {
  let made: Promise<ReadonlyMap<string, ProviderPort>> | null = null;
  return {
    async get(id) {
      // Once for all who ask at the same time: limits and breakers are of one set of adapters.
      const making = (made ??= make(options));
      try {
        return (await making).get(id) ?? null;
      } catch (error) {
        if (made === making) made = null;
        throw error;
      }
    },
  };
}

async function make({ settings, credentials, clock, random, logger, metrics, sleep }: DirectoryOptions): Promise<ReadonlyMap<string, ProviderPort>> {
  const accountNumberKey = await readAccountNumberKey(credentials);
  if (!accountNumberKey) throw new ProvidersNotReady();
  const onCall = (record: CallRecord) => metrics.called(record);
  return createProviders(settings, { clock, random, log: logger, onCall, accountNumberKey, ...(sleep ? { sleep } : {}) });
}
