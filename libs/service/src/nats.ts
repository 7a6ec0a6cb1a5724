/** One connection to NATS per service. It reconnects for ever: what is durable lives in Postgres, so there is nothing to give up for. */
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from './config/config.js';

export interface ConnectNatsOptions {
  /** How long a server may take to appear at the start (containers come up in any order); default 30 s. */
  readonly patienceMs?: number;
}

/**
 * @param url one or several comma separated `nats://[user:password@|token@]host:port`, or `tls://`
 * @throws ConfigError where no server has answered within the patience
 */
export async function connectNats(url: string, name: string, { patienceMs = 30_000 }: ConnectNatsOptions = {}): Promise<NatsConnection> {
  const options = connectionOptions(url, name);
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (performance.now() >= end || isRefusal(error)) throw new ConfigError([`NATS_URL must name a running nats-server that lets us in (${hosts(url)}): ${error instanceof Error ? error.message : 'no answer'}`]);
    }
    await sleep(250);
  }
}

function connectionOptions(url: string, name: string) {
  const parsed = url.split(',').map((part) => new URL(part.trim()));
  const first = parsed[0];
  const user = first?.username ? decodeURIComponent(first.username) : undefined;
  const password = first?.password ? decodeURIComponent(first.password) : undefined;
  return {
    servers: parsed.map((one) => one.host),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // A stack trace made beforehand for every request costs more than sending it.
    noAsyncTraces: true,
    pingInterval: 20_000,
    ...(first?.protocol === 'tls:' ? { tls: {} } : {}),
    ...(user === undefined ? {} : password === undefined ? { token: user } : { user, pass: password }),
  };
}

/** An answer that waiting will not change. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /authoriz|authentic|permission/i.test(`${error.name} ${error.message}`);
}

function hosts(url: string): string {
  return url.split(',').map((part) => new URL(part.trim()).host).join(', ');
}

/** Sends what is still to be sent, then closes. Bounded: a bus that is away must not keep a service from ending. */
export async function closeNats(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  await Promise.race([connection.drain(), sleep(2_000, undefined, { ref: false })]);
  if (!connection.isClosed()) await connection.close();
}
