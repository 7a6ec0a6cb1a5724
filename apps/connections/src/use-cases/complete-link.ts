/**
 * The person approved. The proof is exchanged at the provider, what comes of it is stored in the credential store together with all
 * that the event needs, and then the event is appended. Whoever crashes in between loses nothing: the same request goes on from what
 * is stored (a public token can be exchanged only once), and if it never comes, the background does.
 */
import { createHash } from 'node:crypto';
import type { connectionsRpc, Problem, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { connectionRef } from '@tidemark/credentials';
import type { StoredCredential } from '@tidemark/credentials';
import { canonicalJson, instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { CompletedLink, LinkProof, ProviderError } from '@tidemark/providers';
import { answered, refused } from '@tidemark/service';
import { change, loadConnection } from '../connection/change.js';
import type { Changed, Origin } from '../connection/change.js';
import { notActive } from '../connection/connection.decide.js';
import { connectionStream } from '../connection/connection.js';
import type { ConnectionState } from '../connection/connection.js';
import { problemOf } from '../parts.js';
import type { Parts } from '../parts.js';
import { goneSince } from '../projections/account-list/query.js';
import { claimAttempt, finishAttempt, isReconnectExpected, releaseAttempt } from './link-attempt.js';
import { noteRevocation } from './revocation.js';
import type { ToRevoke } from './revocation.js';
import { ensureUserCredential } from './user-credential.js';
import { accountsOf, connectionFieldsOf, twinsOf } from './views.js';

type Payload = RequestOf<typeof connectionsRpc.completeConnection>;

/** Stored beside the secret; no part of it is secret but the credentials' owner may see it. */
export interface LinkNote {
  /** Hash of the proof, so that a repeat is known as one. */
  readonly proof: string;
  readonly completed: Omit<CompletedLink, 'credential'>;
  /** The sync that is to follow; settled here, so that finishing later starts the same one. */
  readonly syncId: string;
}

export async function completeLink(parts: Parts, { connectionId, ...given }: Payload, context: RpcContext): Promise<RpcReply<connectionsRpc.CompletedConnection>> {
  const proof = proofOf(given);
  if (!proof.ok) return refused(proof.error);
  const { state } = await loadConnection(parts, context.userId, connectionStream(connectionId));
  if (state.status === 'none' || state.status === 'disconnected') return refused(notActive(state));
  const hash = hashOf(proof.value);
  const stored = await parts.credentials.read(connectionRef(connectionId));
  if (state.status === 'active' && !(await isReconnectExpected(parts.database, connectionId))) {
    const again = (stored?.note as LinkNote | null)?.proof === hash;
    return again ? completed(parts, state, []) : refused(problem('conflict', 'This connection is completed already. To link it anew, ask for a link with POST /connections/{id}/reconnect first.'));
  }
  if (!(await claimAttempt(parts.database, { connectionId, userId: context.userId }))) return refused(problem('conflict', 'This connection is being completed by another request right now. Look at GET /connections/{id} in a moment.'));
  const note = await noteFor(parts, state, { proof: proof.value, hash, stored, userId: context.userId });
  if (!note.ok) {
    await releaseAttempt(parts.database, connectionId);
    return refused(note.error);
  }
  const changed = await appendLinked(parts, state, note.value, context);
  if (changed.ok) return completed(parts, changed.value.states[0] ?? state, changed.value.positions);
  await giveBackIfRemoved(parts, context.userId, connectionId);
  return refused(changed.error);
}

/** Removed while the provider was asked: what was stored meanwhile must not stay. */
export async function giveBackIfRemoved(parts: Parts, userId: string, connectionId: string): Promise<boolean> {
  const { state } = await loadConnection(parts, userId, connectionStream(connectionId));
  if (state.status !== 'disconnected') return false;
  const toRevoke = await revocationOf(parts, state, state.erased);
  await parts.database.transaction(async (tx) => {
    if (toRevoke) await noteRevocation(tx, toRevoke);
    await finishAttempt(tx, connectionId);
  });
  return true;
}

/** What there is to revoke: the link that was stored last, appended or not. Null where there is none, and no user of the provider's to erase. */
export async function revocationOf(parts: Pick<Parts, 'credentials'>, state: ConnectionState, erase: boolean): Promise<ToRevoke | null> {
  const credentialRef = connectionRef(state.connectionId);
  const stored = await parts.credentials.read(credentialRef);
  const note = stored?.note as LinkNote | null | undefined;
  const providerConnectionId = note?.completed.providerConnectionId ?? state.link?.providerConnectionId ?? '';
  if (!stored && !erase) return null;
  const { connectionId, userId, provider, institutionName: institution } = state;
  return { credentialRef, connectionId, userId, provider, providerConnectionId, institution, deleteUser: erase };
}

async function completed(parts: Pick<Parts, 'database'>, state: ConnectionState, positions: Changed['positions']): Promise<RpcReply<connectionsRpc.CompletedConnection>> {
  if (!state.link) return refused(problem('conflict', 'This connection has not been completed.'));
  const gone = await goneSince(parts.database, state.userId, twinsOf(state));
  return answered({ ...connectionFieldsOf(state), syncId: state.link.syncId, accounts: accountsOf(state, gone) }, positions);
}

function proofOf({ publicToken, authorizationId, code, credentials }: LinkProof): Result<LinkProof, Problem> {
  const given = { ...(publicToken === undefined ? {} : { publicToken }), ...(authorizationId === undefined ? {} : { authorizationId }), ...(code === undefined ? {} : { code }), ...(credentials === undefined ? {} : { credentials }) };
  if (Object.keys(given).length === 1) return ok(given);
  const message = 'give exactly one of publicToken (Plaid Link), authorizationId (SnapTrade portal), code (OAuth) and credentials (API key)';
  return refuse(problem('validation_failed', 'What proves the approval is missing or given twice.', { errors: [{ field: '', message }] }));
}

/** The provider knows no such proof: a made-up, used or expired one, or one of somebody else. That is the caller's to mend, not ours. */
function proofRefused(error: ProviderError, field: keyof LinkProof): Problem | null {
  if (error.class === 'retry') return null;
  // A key of the person's own that the provider refuses is theirs to mend; a refusal of ours (wrong client secret) is not.
  if (field === 'credentials' && error.code === 'provider_auth') return wrongProof(error.detail, field);
  if (error.code !== 'provider_error' || (error.status !== 400 && error.status !== 404)) return null;
  return wrongProof(`${error.detail}. Ask for a new link with POST /connections/{id}/reconnect, or make a new connection`, field);
}

function wrongProof(message: string, field: keyof LinkProof): Problem {
  return problem('validation_failed', 'What proves the approval is not accepted.', { errors: [{ field, message }] });
}

function hashOf(proof: LinkProof): string {
  return createHash('sha256').update(canonicalJson(proof)).digest('hex');
}

interface Attempt {
  readonly proof: LinkProof;
  readonly hash: string;
  readonly stored: StoredCredential | null;
  readonly userId: string;
}

/** What is stored already where this proof was exchanged before, else the provider's answer, stored first. */
async function noteFor(parts: Parts, state: ConnectionState, { proof, hash, stored, userId }: Attempt): Promise<Result<LinkNote, Problem>> {
  const known = stored?.note as LinkNote | null | undefined;
  if (known && known.proof === hash && known.syncId !== state.link?.syncId) return ok(known);
  const provider = parts.providers.get(state.provider);
  if (provider && proof[provider.port.proof] === undefined) return refuse(wrongProof(`${provider.port.proof} is what proves an approval at ${state.provider}`, provider.port.proof));
  if (!provider) return refuse(problem('provider_disabled', `${state.provider} is switched off here. Try again when it is back.`));
  const user = await ensureUserCredential(parts, provider, userId);
  if (!user.ok) return user;
  const { connectionId } = state;
  const answer = await provider.port.completeLink({ call: { userId, connectionId, institution: state.institutionName }, proof, ...(user.value === null ? {} : { userCredential: user.value }) });
  if (!answer.ok) return refuse(proofRefused(answer.error, provider.port.proof) ?? problemOf(answer.error));
  const { credential, ...completedLink } = answer.value;
  if (stored && known && known.completed.providerConnectionId !== completedLink.providerConnectionId) await retire(parts, state, stored, known.completed.providerConnectionId);
  const note: LinkNote = { proof: hash, completed: completedLink, syncId: parts.newId() };
  await parts.credentials.put({ ref: connectionRef(connectionId), userId, secret: credential, note });
  return ok(note);
}

/** The provider made a new link instead of mending the old one, which would otherwise go on (and be billed) unseen. */
async function retire(parts: Parts, state: ConnectionState, stored: StoredCredential, providerConnectionId: string): Promise<void> {
  const ref = connectionRef(parts.newId());
  await parts.credentials.put({ ...stored, ref });
  await noteRevocation(parts.database, { credentialRef: ref, connectionId: state.connectionId, userId: state.userId, provider: state.provider, providerConnectionId, institution: state.institutionName, deleteUser: false });
}

/** Appends what is stored. Also the last step of what a crash left behind. */
export function appendLinked(parts: Parts, state: ConnectionState, note: LinkNote, origin: Origin): Promise<Result<Changed, Problem>> {
  const { connectionId, userId } = state;
  const { providerConnectionId, accounts, tradingGranted } = note.completed;
  const at = instant(parts.clock.now());
  return change(parts, {
    userId,
    origin,
    changes: [{ stream: connectionStream(connectionId), commands: [{ type: 'complete', at, providerConnectionId, credentialRef: connectionRef(connectionId), syncId: note.syncId, tradingGranted, accounts }] }],
    alongside: (tx) => finishAttempt(tx, connectionId),
  });
}
