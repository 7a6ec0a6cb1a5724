/** One attempt at one sync: what its steps share. */
import type { CallContext, Credential, FetchRequest, ProviderPort } from '@tidemark/providers';
import { NAMESPACE, uuidV5 } from '@tidemark/kernel';
import type { ConnectionRow } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import type { Job } from '../job/job.js';
import type { Steps } from './steps.js';

export interface Attempt {
  readonly deps: SyncDeps;
  readonly job: Job;
  /** This process's worker: with the attempt's number, the fence of all that is written. */
  readonly worker: string;
  readonly steps: Steps;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly notes: string[];
}

export interface Linked {
  readonly connection: ConnectionRow;
  readonly port: ProviderPort;
  readonly credential: Credential;
  readonly providerConnectionId: string;
}

export function fetchRequest(linked: Linked): FetchRequest {
  const { connection, credential, providerConnectionId } = linked;
  const call: CallContext = { userId: connection.userId, connectionId: connection.connectionId, institution: connection.institutionName };
  return { call, credential, providerConnectionId };
}

export function syncStream(connectionId: string): string {
  return `connection-sync-${connectionId}`;
}

export function accountStream(accountId: string): string {
  return `account-${accountId}`;
}

/** The same step of the same sync is the same event, however often it is run. */
export function eventId(syncId: string, what: string): string {
  return uuidV5(NAMESPACE.reaction, `sync/${syncId}/${what}`);
}
