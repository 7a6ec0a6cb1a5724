/** What a person does to link an institution: ask, approve in the provider's window (the sandbox stands in for the person), complete, wait for the first sync. */
import type { connectionsRpc, syncRpc } from '@tidemark/contracts';
import type { ApiClient } from '../api-client.js';

export interface LinkedInstitution {
  readonly institution: string;
  readonly provider: string;
  readonly reason: string;
  readonly requestedAt: string | null;
  readonly completedAt: string | null;
  readonly accounts: readonly connectionsRpc.Account[];
  readonly sync: syncRpc.Sync;
}

export interface LinkPlan {
  readonly institutionId: string;
  readonly needTrading?: boolean;
}

const POLL_MS = 100;
const SYNC_TIMEOUT_MS = 60_000;

export async function linkInstitution(api: ApiClient, sandboxUrl: string, plan: LinkPlan): Promise<LinkedInstitution> {
  const requested = await api.post<connectionsRpc.LinkedConnection>('/connections', plan);
  const proof = await approve(sandboxUrl, requested.body.link);
  const completed = await api.post<connectionsRpc.CompletedConnection>(`/connections/${requested.body.id}/complete`, proof);
  const sync = await finishedSync(api, completed.body.syncId);
  return {
    institution: requested.body.institutionName,
    provider: requested.body.provider,
    reason: requested.body.routing.reason,
    requestedAt: requested.position,
    completedAt: completed.position,
    accounts: completed.body.accounts,
    sync,
  };
}

async function approve(sandboxUrl: string, link: connectionsRpc.Link): Promise<unknown> {
  const answer = await reachSandbox(`${sandboxUrl}/_control/links/approve`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ link }), signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the sandbox did not approve the link: ${text}`);
  return JSON.parse(text);
}

/** @throws where the sync failed or took longer than a minute */
async function finishedSync(api: ApiClient, syncId: string): Promise<syncRpc.Sync> {
  const end = performance.now() + SYNC_TIMEOUT_MS;
  while (performance.now() < end) {
    const sync = await maybeSync(api, syncId);
    if (sync?.status === 'completed') return sync;
    if (sync?.status === 'failed') throw new Error(`the first sync failed: ${sync.error?.detail ?? 'without a reason'}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the first sync (${syncId}) did not end within a minute; see the log of the sync service`);
}

/** The sync service learns of a link from its event: for a moment the sync is not there yet. */
async function maybeSync(api: ApiClient, syncId: string): Promise<syncRpc.Sync | null> {
  try {
    return (await api.get<syncRpc.Sync>(`/syncs/${syncId}`)).body;
  } catch (error) {
    if ((error as { code?: string }).code === 'not_found') return null;
    throw error;
  }
}

async function reachSandbox(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw new Error(`the sandbox does not answer at ${new URL(url).origin}. Start it with \`npm start\`, or name its address with --sandbox`, { cause: error });
  }
}
