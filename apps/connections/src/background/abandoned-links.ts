/**
 * Links that were being completed when a process died. Where the credential was stored, the person has approved and nothing is missing
 * but the event: it is appended now. Where the connection was removed meanwhile, the credential is revoked and destroyed.
 */
import { connectionRef } from '@tidemark/credentials';
import { loadConnection } from '../connection/change.js';
import { connectionStream } from '../connection/connection.js';
import type { Parts } from '../parts.js';
import { appendLinked, giveBackIfRemoved } from '../use-cases/complete-link.js';
import type { LinkNote } from '../use-cases/complete-link.js';
import { abandonedAttempts, claimAttempt, finishAttempt } from '../use-cases/link-attempt.js';
import type { AttemptOf } from '../use-cases/link-attempt.js';

const AT_ONCE = 50;

/** @returns how many were looked at */
export async function finishAbandonedLinks(parts: Parts): Promise<number> {
  const attempts = await abandonedAttempts(parts.database, AT_ONCE);
  for (const attempt of attempts) if (await claimAttempt(parts.database, attempt)) await finish(parts, attempt);
  return attempts.length;
}

async function finish(parts: Parts, { connectionId, userId }: AttemptOf): Promise<void> {
  if (await giveBackIfRemoved(parts, userId, connectionId)) return;
  const { state } = await loadConnection(parts, userId, connectionStream(connectionId));
  const note = (await parts.credentials.read(connectionRef(connectionId)))?.note as LinkNote | null | undefined;
  if (!note || note.syncId === state.link?.syncId) return finishAttempt(parts.database, connectionId);
  const changed = await appendLinked(parts, state, note, { requestId: `abandoned-link/${connectionId}` });
  if (changed.ok) parts.logger.info({ connectionId, userId, provider: state.provider }, 'a link that was left half done was completed');
  else parts.logger.warn({ connectionId, userId, code: changed.error.code, detail: changed.error.detail }, 'a link that was left half done could not be completed');
}
