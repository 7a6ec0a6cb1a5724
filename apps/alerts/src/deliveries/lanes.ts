/**
 * Which delivery is sent next, so that no receiver, and no user, holds up another. A lane is what one user sends to one host. At once run
 * at the most: so many in all, half of them to one host, a quarter of one user, sixteen in a lane, and one in a lane whose host did
 * not answer in time when last asked; all such lanes together have half of the places. Lanes take turns. Pure.
 */
import type { Delivery } from './delivery.js';

const IN_A_LANE = 16;
/** More slow lanes than these are not remembered. */
const MOST_SLOW = 4_096;

export interface Held {
  readonly delivery: Delivery;
  /** What signs it; null: it cannot be opened, undefined: there is none. */
  readonly secret?: string | null | undefined;
  /** When it was taken, in milliseconds. */
  readonly takenAt: number;
}

/** Of whom nothing more is to be taken now. */
export interface Busy {
  readonly hosts: readonly string[];
  readonly users: readonly string[];
  readonly lanes: readonly string[];
}

export class Lanes {
  private readonly waiting = new Map<string, Held[]>();
  private readonly running = { hosts: new Counts(), users: new Counts(), lanes: new Counts() };
  private readonly slow = new Set<string>();
  private slowRunning = 0;
  private total = 0;
  private held = 0;
  private readonly limits: { readonly total: number; readonly host: number; readonly user: number; readonly slow: number };

  /** @param hostLimits fewer at once for some hosts */
  constructor(
    total: number,
    private readonly hostLimits: ReadonlyMap<string, number> = new Map(),
  ) {
    this.limits = { total, host: Math.ceil(total / 2), user: Math.ceil(total / 4), slow: Math.ceil(total / 2) };
  }

  get waitingCount(): number {
    return this.held;
  }

  add(taken: readonly Held[]): void {
    for (const one of taken) {
      const lane = this.waiting.get(one.delivery.lane);
      if (lane) lane.push(one);
      else this.waiting.set(one.delivery.lane, [one]);
    }
    this.held += taken.length;
  }

  /** The next that may be sent now; `ended` gives its place back. */
  next(): Held | null {
    if (this.total >= this.limits.total) return null;
    for (const [lane, waiting] of this.waiting) {
      const first = waiting[0] as Held;
      if (!this.mayRun(first.delivery)) continue;
      waiting.shift();
      this.waiting.delete(lane);
      if (waiting.length > 0) this.waiting.set(lane, waiting);
      this.held -= 1;
      this.count(first.delivery, 1);
      return first;
    }
    return null;
  }

  ended(delivery: Delivery, slow: boolean): void {
    this.count(delivery, -1);
    if (slow === this.slow.has(delivery.lane)) return;
    const still = this.running.lanes.of(delivery.lane);
    this.slowRunning += slow ? still : -still;
    if (slow) this.slow.add(delivery.lane);
    else this.slow.delete(delivery.lane);
    if (this.slow.size > MOST_SLOW) this.forgetOne();
  }

  busy(): Busy {
    const full = (of: Counts, limit: (name: string) => number) => [...of].filter(([name, count]) => count >= limit(name)).map(([name]) => name);
    const lanes = new Set([...this.waiting.keys(), ...full(this.running.lanes, (lane) => this.laneLimit(lane)), ...(this.slowRunning >= this.limits.slow ? this.slow : [])]);
    return { hosts: full(this.running.hosts, (host) => this.hostLimit(host)), users: full(this.running.users, () => this.limits.user), lanes: [...lanes] };
  }

  /** Takes out what should not wait here any longer: of lanes that are slow, and what was taken before an instant. */
  release(takenBefore: number): Delivery[] {
    const released: Delivery[] = [];
    for (const [lane, waiting] of this.waiting) {
      const [go, stay] = this.slow.has(lane) ? [waiting, []] : split(waiting, takenBefore);
      released.push(...go.map((one) => one.delivery));
      if (stay.length > 0) this.waiting.set(lane, stay);
      else this.waiting.delete(lane);
    }
    this.held -= released.length;
    return released;
  }

  /** What waits here, to keep its locks. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (const waiting of this.waiting.values()) for (const { delivery } of waiting) yield delivery;
  }

  /** The longest known to be slow of those that send nothing now. */
  private forgetOne(): void {
    for (const lane of this.slow) {
      if (this.running.lanes.of(lane) === 0) return void this.slow.delete(lane);
    }
  }

  private mayRun({ host, userId, lane }: Delivery): boolean {
    const { hosts, users, lanes } = this.running;
    if (this.slow.has(lane) && this.slowRunning >= this.limits.slow) return false;
    return lanes.of(lane) < this.laneLimit(lane) && hosts.of(host) < this.hostLimit(host) && users.of(userId) < this.limits.user;
  }

  private laneLimit(lane: string): number {
    return this.slow.has(lane) ? 1 : IN_A_LANE;
  }

  private hostLimit(host: string): number {
    return Math.min(this.limits.host, this.hostLimits.get(host) ?? Infinity);
  }

  private count({ host, userId, lane }: Delivery, by: 1 | -1): void {
    this.total += by;
    if (this.slow.has(lane)) this.slowRunning += by;
    this.running.hosts.add(host, by);
    this.running.users.add(userId, by);
    this.running.lanes.add(lane, by);
  }
}

function split(waiting: readonly Held[], takenBefore: number): [Held[], Held[]] {
  return [waiting.filter((one) => one.takenAt < takenBefore), waiting.filter((one) => one.takenAt >= takenBefore)];
}

/** How many of each name; those without any are forgotten. */
class Counts {
  private readonly counts = new Map<string, number>();

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  add(name: string, by: number): void {
    const count = this.of(name) + by;
    if (count > 0) this.counts.set(name, count);
    else this.counts.delete(name);
  }

  [Symbol.iterator](): Iterator<[string, number]> {
    return this.counts.entries();
  }
}
