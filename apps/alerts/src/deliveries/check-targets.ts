/** Whether a rule may tell those whom it names: what its contract cannot see. Asked where a rule is set. */
import type { DeliveryTarget, FieldError } from '@tidemark/contracts';
import { checkUrl } from './address/check-url.js';
import { isMailbox } from './email/mail-address.js';
import type { DeliverySettings } from './settings.js';

/** @returns an error for each target that is refused, its field such as `deliveries/0/url`; empty: all are accepted. The host of an address is all that is repeated. */
export function targetErrors(targets: readonly DeliveryTarget[], { allow, mail }: Pick<DeliverySettings, 'allow' | 'mail'>): FieldError[] {
  return targets.flatMap((target, index): FieldError[] => {
    if (target.kind === 'webhook') {
      const checked = checkUrl(target.url, allow);
      return checked.ok ? [] : [{ field: `deliveries/${index}/url`, message: `must be ${checked.error}` }];
    }
    if (target.kind !== 'email') return [];
    if (!mail) return [{ field: `deliveries/${index}/kind`, message: 'must be webhook or live: no mail server is set up here (SMTP_URL)' }];
    return isMailbox(target.to) ? [] : [{ field: `deliveries/${index}/to`, message: 'must be one e-mail address such as ann@example.com' }];
  });
}
