/**
 * Sends what is due. A wake after the commit that raised an alert makes it look at once, a poll stands behind that. It takes many in a
 * statement, sends them as `lanes.ts` allows, and writes what became of them, many in a transaction (`finisher.ts`). At least once: a
 * worker that dies after a receiver said yes has its deliveries sent again, under the same id.
 */
import type { Delivery } from './delivery.js';
import type { DeliveryDeps } from './deps.js';
import { Finisher } from './finisher.js';
import type { Busy, Held } from './lanes.js';
import { Lanes } from './lanes.js';
import { claim, giveBack, renew, waitingDeliveries } from './queue.js';
import { Sender } from './send.js';
import { settle } from './settle.decide.js';
import { MAIL_HOST } from './target.js';

const BATCH = 256;
const MOST_WAITING = 1_024;
/** Fewer waiting here than this, and more is fetched. */
const FEW_WAITING = 64;
const SWEEP_MS = 1_000;
const MEASURE_MS = 5_000;
/** A delivery that waited here for so long is given back, so that another worker may send it. */
const LONGEST_WAIT_MS = 10_000;
/** From when on those may be taken again that were given back: somewhere between this and twice this. */
const AWAY_MS = 5_000;
/** What has begun may end within an attempt's limit and this, and in all no longer than the most that whoever stops us waits. */
const GRACE_MS = 2_000;
const MOST_GRACE_MS = 15_000;
const NOBODY: Busy = { hosts: [], users: [], lanes: [] };

export class DeliveryWorker {
  private readonly lanes: Lanes;
  private readonly finisher: Finisher;
  private readonly sender: Sender;
  private readonly running = new Map<Held, Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> = Promise.resolve();
  /** Of whom nothing was taken at the last look. */
  private passedOver: Busy = NOBODY;
  private more = false;
  private wanted = false;
  private closed = false;

  constructor(
    private readonly deps: DeliveryDeps,
    /** Unique per process and start. */
    private readonly name: string,
  ) {
    const { settings } = deps;
    this.lanes = new Lanes(settings.concurrency, new Map([[MAIL_HOST, settings.mail?.connections ?? settings.concurrency]]));
    this.finisher = new Finisher(deps, name);
    this.sender = new Sender(deps);
  }

  start(): void {
    const { pollMs, lockMs } = this.deps.settings;
    const every = (milliseconds: number, work: () => unknown) => this.timers.push(setInterval(() => void work(), milliseconds));
    every(pollMs, () => this.wake());
    every(SWEEP_MS, () => this.giveBack(this.lanes.release(performance.now() - LONGEST_WAIT_MS), this.deps.clock.now() + AWAY_MS * (1 + this.random())));
    every(lockMs / 3, () => this.beat());
    every(MEASURE_MS, () => this.measure());
    this.wake();
  }

  /** Looks for work now; while it looks already, once more after that. */
  wake(): void {
    if (this.closed || this.wanted) return;
    this.wanted = true;
    this.looking = this.looking.then(() => this.look());
  }

  /** Takes nothing new, gives back what it has not begun, and lets what it has begun end. */
  async close(): Promise<void> {
    this.closed = true;
    await this.looking;
    await this.giveBack(this.lanes.release(Infinity), this.deps.clock.now());
    await within(Math.min(this.deps.settings.webhookTimeoutMs + GRACE_MS, MOST_GRACE_MS), this.quiet());
    // What has not ended is broken off: it failed, or is sent again when its lock has lapsed.
    this.finisher.stop();
    await this.sender.close();
    await within(GRACE_MS, this.quiet());
    for (const timer of this.timers) clearInterval(timer);
  }

  private async quiet(): Promise<void> {
    await Promise.all(this.running.values());
    await this.finisher.idle();
  }

  private async look(): Promise<void> {
    this.wanted = false;
    const limit = Math.min(BATCH, MOST_WAITING - this.lanes.waitingCount);
    if (this.closed || limit <= 0) return;
    const { database, clock, logger, settings } = this.deps;
    try {
      this.passedOver = this.lanes.busy();
      const taken = await claim(database, this.name, { at: clock.now(), limit, lockMs: settings.lockMs, busy: this.passedOver });
      this.more = taken.length === limit;
      await this.hold(taken);
      this.sendMore();
    } catch (error) {
      logger.warn({ err: error }, 'deliveries that are due could not be taken; trying again');
    }
  }

  private async hold(taken: readonly Delivery[]): Promise<void> {
    const rules = [...new Set(taken.filter((one) => one.kind === 'webhook').map((one) => one.ruleId))];
    try {
      const secrets = rules.length === 0 ? new Map<string, string | null>() : await this.deps.secretsOf(rules);
      const takenAt = performance.now();
      this.lanes.add(taken.map((delivery) => ({ delivery, secret: secrets.get(delivery.ruleId), takenAt })));
    } catch (error) {
      await this.giveBack(taken, this.deps.clock.now() + AWAY_MS);
      throw error;
    }
  }

  private sendMore(): void {
    if (this.closed) return;
    for (let held = this.lanes.next(); held; held = this.lanes.next()) this.running.set(held, this.attempt(held));
    if (this.more && this.lanes.waitingCount < FEW_WAITING) this.wake();
  }

  private async attempt(held: Held): Promise<void> {
    const { delivery, secret } = held;
    const outcome = await this.sender.send(delivery, secret);
    this.running.delete(held);
    this.lanes.ended(delivery, outcome.kind === 'failed' && outcome.slow);
    this.finisher.add(settle(delivery, outcome, { at: this.deps.clock.now(), retryForMs: this.deps.settings.retryForMs, random: this.random() }));
    this.sendMore();
    if (this.lanes.waitingCount < FEW_WAITING && this.freed(delivery)) this.wake();
  }

  /** Whether nothing of its kind was taken at the last look, and may be now. */
  private freed({ host, userId, lane }: Delivery): boolean {
    const { hosts, users, lanes } = this.passedOver;
    if (!lanes.includes(lane) && !hosts.includes(host) && !users.includes(userId)) return false;
    const busy = this.lanes.busy();
    return !busy.lanes.includes(lane) && !busy.hosts.includes(host) && !busy.users.includes(userId);
  }

  private async giveBack(deliveries: readonly Delivery[], until: number): Promise<void> {
    if (deliveries.length === 0) return;
    try {
      await giveBack(this.deps.database, this.name, deliveries, until);
    } catch (error) {
      this.deps.logger.warn({ err: error, deliveries: deliveries.length }, 'deliveries could not be given back; their lock lapses');
    }
  }

  private async beat(): Promise<void> {
    const { database, settings, logger } = this.deps;
    const ours = [...this.lanes, ...[...this.running.keys()].map((held) => held.delivery), ...this.finisher];
    if (ours.length === 0) return;
    try {
      await renew(database, this.name, ours, settings.lockMs);
    } catch (error) {
      logger.warn({ err: error }, 'locks of deliveries could not be renewed; trying again');
    }
  }

  private async measure(): Promise<void> {
    try {
      this.deps.metrics.waiting(await waitingDeliveries(this.deps.database));
    } catch (error) {
      this.deps.logger.warn({ err: error }, 'waiting deliveries could not be counted');
    }
  }

  private random(): number {
    return (this.deps.random ?? Math.random)();
  }
}

/** Waits for the work, and no longer than so many milliseconds. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: tired, resolve } = Promise.withResolvers<void>();
  const patience = setTimeout(resolve, milliseconds);
  await Promise.race([work, tired]);
  clearTimeout(patience);
}
