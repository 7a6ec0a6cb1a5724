/** What an e-mail about an alert says: plain text, and a subject of one line whatever the rule is called. Pure. */
import type { alertsRpc } from '@tidemark/contracts';

export interface Composed {
  readonly subject: string;
  readonly text: string;
}

const UNITS: Readonly<Record<string, string>> = { percent: ' %', points: ' points', count: '', hours: ' h' };

export function compose({ name, message, figures, cause, raisedAt, alertId, kind }: alertsRpc.AlertMessage): Composed {
  const unit = figures.unit === 'money' ? ` ${figures.currency ?? ''}`.trimEnd() : (UNITS[figures.unit ?? ''] ?? '');
  const lines = [
    oneLine(message, 1_000), '',
    ...(figures.value === null ? [] : [`Value: ${figures.value}${unit}`]),
    ...(figures.threshold === null ? [] : [`Threshold: ${figures.threshold}${unit}`]),
    ...(figures.asset === null ? [] : [`Asset: ${figures.asset}`]),
    `Rule: ${oneLine(name, 200)} (${kind})`, `Raised at: ${raisedAt}`, `Because of: ${oneLine(cause.type, 100)}, ${cause.at}`, `Alert: ${alertId}`, '',
    'You get this because a rule of yours tells this address. Change the rule, mute it or remove it to get no more.', '',
  ];
  return { subject: `Alert: ${oneLine(name, 150)}`, text: lines.join('\n') };
}

/** Without line breaks, control and direction characters: neither a header nor a reader's eye can be led astray by a name. */
function oneLine(text: string, longest: number): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim().slice(0, longest);
}
