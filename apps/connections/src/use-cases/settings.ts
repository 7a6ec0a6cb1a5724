/** A user's base currency and time zone. Both always have a value, so the event carries both, whichever was changed. */
import type { connectionsRpc, FieldError, RequestOf, RpcContext, RpcReply, UserSettingsChanged } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { BrokenInvariant, instant } from '@tidemark/kernel';
import { isCurrency } from '@tidemark/money';
import { answered, refused } from '@tidemark/service';
import type { Parts } from '../parts.js';
import { DEFAULT_SETTINGS, findSettings } from '../projections/user-settings/project.js';
import { isBehind } from './read.js';
import { canonicalZone, isTimeZone } from './time-zone.js';

const TRIES = 8;

export async function getSettings(parts: Parts, _payload: object, context: RpcContext): Promise<RpcReply<connectionsRpc.Settings>> {
  const stale = await isBehind(parts, context, ['user-settings']);
  return answered(await findSettings(parts.database, context.userId), { stale });
}

export async function changeSettings(parts: Parts, payload: RequestOf<typeof connectionsRpc.changeSettings>, context: RpcContext): Promise<RpcReply<connectionsRpc.Settings>> {
  const errors = settingErrors(payload);
  if (errors.length > 0) return refused(problem('validation_failed', 'These settings cannot be set.', { errors }));
  const stream = `settings-${context.userId}`;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const past = await parts.log.readStream(context.userId, stream);
    const before = (past.at(-1)?.data as UserSettingsChanged | undefined) ?? DEFAULT_SETTINGS;
    const settings = { baseCurrency: payload.baseCurrency ?? before.baseCurrency, timeZone: payload.timeZone === undefined ? before.timeZone : canonicalZone(payload.timeZone) };
    if (settings.baseCurrency === before.baseCurrency && settings.timeZone === before.timeZone) return answered(settings);
    const event = { id: parts.newId(), type: 'UserSettingsChanged', time: instant(parts.clock.now()), data: { userId: context.userId, ...settings }, correlationId: context.requestId };
    const appended = await parts.log.append({ userId: context.userId, stream, expectedVersion: past.length, events: [event] });
    if (appended.ok) return answered(settings, appended.value.positions);
    if (appended.error.kind === 'duplicate_event') throw new BrokenInvariant(`a new event id was there already: ${appended.error.id}`);
  }
  return refused(problem('conflict', 'The settings are being changed by others at the same time. Try again.'));
}

function settingErrors({ baseCurrency, timeZone }: { baseCurrency?: string; timeZone?: string }): FieldError[] {
  return [
    ...(baseCurrency === undefined || isCurrency(baseCurrency) ? [] : [{ field: 'baseCurrency', message: 'must be an ISO 4217 currency code such as USD' }]),
    ...(timeZone === undefined || isTimeZone(timeZone) ? [] : [{ field: 'timeZone', message: 'must be an IANA time zone such as America/New_York or Europe/Berlin' }]),
  ];
}
