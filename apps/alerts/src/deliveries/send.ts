/** One attempt to tell one target, whatever its kind. */
import type { Delivery, Outcome } from './delivery.js';
import { failed } from './delivery.js';
import type { DeliveryDeps } from './deps.js';
import { MailSender } from './email/send-email.js';
import { WebhookSender } from './webhook/send-webhook.js';

export class Sender {
  private readonly webhooks: WebhookSender;
  private readonly mail: MailSender | null;

  constructor(private readonly deps: Pick<DeliveryDeps, 'clock' | 'logger' | 'settings' | 'resolve'>) {
    const { settings, resolve } = deps;
    this.webhooks = new WebhookSender({ allow: settings.allow, timeoutMs: settings.webhookTimeoutMs, connections: Math.ceil(settings.concurrency / 2), ...(resolve ? { resolve } : {}) });
    this.mail = settings.mail ? new MailSender(settings.mail) : null;
  }

  /** @param secret null: it cannot be opened; undefined: its rule is gone. Never throws. */
  async send(delivery: Delivery, secret: string | null | undefined): Promise<Outcome> {
    try {
      if (delivery.kind === 'email') return this.mail ? await this.mail.send(delivery) : failed('no mail server is set up (SMTP_URL)');
      if (secret === undefined) return { kind: 'refused', reason: 'its rule, or the secret that signs it, is gone' };
      if (secret === null) return failed('the secret that signs it cannot be opened (ALERTS_KEY)');
      return await this.webhooks.send(delivery, secret, this.deps.clock.now());
    } catch (error) {
      // The error may hold what was to be sent.
      const { name, stack } = error instanceof Error ? error : new Error('no error');
      this.deps.logger.error({ deliveryId: delivery.deliveryId, type: name, at: stack?.split('\n').find((line) => line.includes(' at '))?.trim() }, 'an attempt to deliver broke off');
      return failed('an unexpected error of ours');
    }
  }

  async close(): Promise<void> {
    this.mail?.close();
    await this.webhooks.close();
  }
}
