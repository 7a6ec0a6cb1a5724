/**
 * Who is watched on this replica: loads users when somebody begins to watch, reads them anew when something under them changed, and lets them
 * go when nobody watches any more or another replica has them. One reader at a time, in batches; what comes meanwhile is taken by the next.
 */
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { LiveBook } from './live-book.js';
import type { LiveRates } from './load/live-rates.js';
import { loadUsers } from './load/load-users.js';
import { readFingerprints } from './load/read-users.js';
import type { SymbolRegistry } from './load/symbol-registry.js';
import type { WatchedMessage } from './watches/watch.controller.js';
import { watchesById, watchesOf } from './watches/watch-table.js';
import type { StoredWatch } from './watches/watch-table.js';

export interface WatchedUsersDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: SymbolRegistry;
  readonly rates: LiveRates;
  readonly book: LiveBook;
  /** What is held may be other symbols than before. */
  readonly changed: () => void;
}

const BATCH = 500;
/** The watches themselves are looked at less often: they are heard of. */
const WATCHES_EVERY = 3;

export class WatchedUsers {
  private held = new Set<number>();
  private readonly known = new Map<string, StoredWatch>();
  private readonly heardOf = new Set<string>();
  private readonly stale = new Set<string>();
  private working: Promise<void> | null = null;
  private looks = 0;
  private closed = false;

  constructor(private readonly deps: WatchedUsersDeps) {}

  get watches(): number {
    return this.known.size;
  }

  /** The partitions that are this replica's now. */
  async hold(partitions: readonly number[]): Promise<void> {
    const gained = partitions.filter((partition) => !this.held.has(partition));
    this.held = new Set(partitions);
    for (const watch of [...this.known.values()]) if (!this.held.has(watch.partition)) this.end(watch);
    if (gained.length > 0) this.begin(await watchesOf(this.deps.database, gained));
  }

  heard({ partition, watchId }: WatchedMessage): void {
    if (!this.held.has(partition)) return;
    this.heardOf.add(watchId);
    this.work();
  }

  /** Finds watches that were not heard of or have ended, and users under whom something changed. */
  async look(): Promise<void> {
    const { database, book } = this.deps;
    if (this.looks++ % WATCHES_EVERY === 0) {
      const stored = await watchesOf(database, [...this.held]);
      const ids = new Set(stored.map((watch) => watch.watchId));
      for (const watch of [...this.known.values()]) if (!ids.has(watch.watchId)) this.end(watch);
      this.begin(stored);
    }
    if (book.users.size === 0) return;
    for (const [userId, fingerprint] of await readFingerprints(database, [...book.users.keys()])) {
      if (book.users.get(userId)?.user.fingerprint !== fingerprint) this.stale.add(userId);
    }
    this.work();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.working;
    for (const userId of [...this.deps.book.users.keys()]) this.deps.book.drop(userId);
  }

  private begin(watches: readonly StoredWatch[]): void {
    for (const watch of watches) {
      if (!this.held.has(watch.partition) || this.known.has(watch.watchId)) continue;
      this.take(watch);
    }
    this.work();
  }

  /** In a currency of its own it needs rates, which are read with the user. */
  private take(watch: StoredWatch): void {
    this.known.set(watch.watchId, watch);
    const here = this.deps.book.users.get(watch.userId);
    if (here && (watch.currency === null || watch.currency === here.user.baseCurrency || here.watches.has(watch.watchId))) this.deps.book.watch(watch);
    else this.stale.add(watch.userId);
  }

  private end(watch: StoredWatch): void {
    this.known.delete(watch.watchId);
    const user = this.deps.book.users.get(watch.userId);
    user?.watches.delete(watch.watchId);
    if (user?.watches.size !== 0) return;
    this.deps.book.drop(watch.userId);
    this.deps.changed();
  }

  private work(): void {
    if (this.working || this.closed || (this.heardOf.size === 0 && this.stale.size === 0)) return;
    this.working = this.workThrough()
      .catch((error: unknown) => this.deps.logger.warn({ err: error }, 'watched users could not be read; they are read again'))
      .finally(() => {
        this.working = null;
      });
  }

  private async workThrough(): Promise<void> {
    while (!this.closed && this.heardOf.size + this.stale.size > 0) {
      await this.takeHeard();
      const userIds = [...this.stale].slice(0, BATCH);
      if (userIds.length > 0) await this.load(userIds);
    }
  }

  private async takeHeard(): Promise<void> {
    const watchIds = [...this.heardOf].slice(0, BATCH);
    if (watchIds.length === 0) return;
    for (const watch of await watchesById(this.deps.database, watchIds)) {
      if (this.held.has(watch.partition)) this.take(watch);
    }
    for (const watchId of watchIds) this.heardOf.delete(watchId);
  }

  private async load(userIds: readonly string[]): Promise<void> {
    const { database, registry, rates, book, clock } = this.deps;
    const byUser = Map.groupBy(this.known.values(), (watch) => watch.userId);
    const wanted = userIds.filter((userId) => byUser.has(userId));
    const currencies = wanted.flatMap((userId) => (byUser.get(userId) ?? []).flatMap((watch) => (watch.currency === null ? [] : [watch.currency])));
    const loaded = await loadUsers({ database, registry, rates }, wanted, currencies, clock.now());
    for (const userId of userIds) this.stale.delete(userId);
    for (const user of loaded.users) {
      const watches = (byUser.get(user.userId) ?? []).filter((watch) => this.known.has(watch.watchId));
      if (watches.length === 0) continue;
      const watched = book.put(user, loaded.stored.filter((row) => row.userId === user.userId));
      for (const watch of watches) if (!watched.watches.has(watch.watchId)) watched.watch(watch);
    }
    for (const symbol of loaded.moved) book.tick(symbol);
    this.deps.changed();
  }
}
