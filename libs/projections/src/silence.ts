/**
 * A log that does not answer: a service that is still starting, or one that is down. Only what lasts is worth a line, and one is
 * enough until it answers again.
 */
import type { EventLogger } from '@tidemark/event-log';

const WORTH_A_LINE_MS = 10_000;

export class Silence {
  private since: number | null = null;
  private told = false;

  constructor(
    private readonly logger: EventLogger,
    private readonly about: { readonly projection: string; readonly log: string },
    private readonly now: () => number = () => performance.now(),
  ) {}

  lasts(error: string): void {
    this.since ??= this.now();
    if (this.told || this.now() - this.since < WORTH_A_LINE_MS) return;
    this.told = true;
    this.logger.warn({ ...this.about, error }, `could not ask how far the log reaches for ${WORTH_A_LINE_MS / 1_000} s`);
  }

  ended(): void {
    if (this.told) this.logger.info({ ...this.about }, 'the log says again how far it reaches');
    this.since = null;
    this.told = false;
  }
}
