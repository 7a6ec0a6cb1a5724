/**
 * The sandbox's own time: what data is dated, windows of limits and the life of links go by it. It can be set by
 * hand and then runs on from there. Signatures do not go by it: the other side's SDK stamps with real time.
 */
export class SandboxClock {
  readonly #source: () => Date;
  #offset = 0;

  constructor(source: () => Date) {
    this.#source = source;
  }

  now(): Date {
    return new Date(this.#source().getTime() + this.#offset);
  }

  /** @param now the instant it is from this call on; null = real time again */
  set(now: Date | null): void {
    this.#offset = now === null ? 0 : now.getTime() - this.#source().getTime();
  }

  /** Today, in UTC, as `YYYY-MM-DD`. */
  today(): string {
    return this.now().toISOString().slice(0, 10);
  }

  in(milliseconds: number): string {
    return new Date(this.now().getTime() + milliseconds).toISOString();
  }
}
