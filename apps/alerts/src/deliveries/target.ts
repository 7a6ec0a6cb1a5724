/** Whom a rule tells, as three answers: what people see of it, where it is sent, and whose slowness it shares. Pure. */
import type { DeliveryKind, DeliveryTarget } from '@tidemark/contracts';
import { uuidV5 } from '@tidemark/kernel';

/** All mail goes through one server of ours. */
export const MAIL_HOST = '(mail)';
const LIVE = 'live';

export interface DescribedDelivery {
  /** The same for ever for (alert, place in the rule's list): a repeat is told from a new one by it. */
  readonly deliveryId: string;
  readonly kind: DeliveryKind;
  /** For people: the host of a webhook and no more of its address. */
  readonly target: string;
}

/** As the event `AlertRaised` lists them. */
export function describeDeliveries(alertId: string, targets: readonly DeliveryTarget[]): DescribedDelivery[] {
  return targets.map((target, index) => ({ deliveryId: uuidV5(alertId, String(index)), kind: target.kind, target: shownTarget(target) }));
}

export function shownTarget(target: DeliveryTarget): string {
  if (target.kind === 'webhook') return hostOf(target.url).slice(0, 400);
  return target.kind === 'email' ? target.to : LIVE;
}

/** Null for what is not sent by us. */
export function addressOf(target: DeliveryTarget): string | null {
  if (target.kind === 'webhook') return target.url;
  return target.kind === 'email' ? target.to : null;
}

export function laneHost(target: DeliveryTarget): string {
  if (target.kind === 'webhook') return hostOf(target.url);
  return target.kind === 'email' ? MAIL_HOST : LIVE;
}

/** The host without its trailing dot, which names the same; what is no address at all has none, and nothing of it is repeated. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.+$/, '') : '(no address)';
}
