/**
 * The body that every service has: Nest on Fastify for health and metrics (and, in the gateway, the API), its requests over
 * NATS, and an orderly end. Nothing here is global, so that several services can live in one process.
 */
import { Catch } from '@nestjs/common';
import type { RpcExceptionFilter, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NatsConnection } from '@nats-io/nats-core';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { ConfigError } from '../config/config.js';
import type { Logger } from '../logger.js';
import { createMetrics, rpcHistogram } from '../metrics.js';
import { closeNats, connectNats } from '../nats.js';
import { RpcServer } from '../rpc/rpc-server.js';
import { HEALTH, HealthController } from './health.controller.js';
import type { Health } from './health.controller.js';
import { nestLog } from './nest-log.js';

export interface StartNestOptions {
  /** A module class, or a dynamic module such as `{ module, controllers, providers }`. */
  readonly module: Type<unknown> | DynamicModule;
  readonly name: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly natsUrl: string;
  /** A connection to use instead of one of our own; whoever made it closes it. */
  readonly nats?: NatsConnection;
  readonly log: Logger;
  /** Whether the parts work: `up`, or why not. NATS is added. */
  readonly ready: () => Promise<Record<string, string>>;
  readonly metrics?: Registry;
  /** Checks answers against their contracts; default: in tests. */
  readonly checkReplies?: boolean;
  /** For the gateway: its own Fastify settings, and hooks before the routes are made. */
  readonly adapter?: FastifyAdapter;
  readonly configure?: (app: NestFastifyApplication) => Promise<void>;
}

type DynamicModule = { module: Type<unknown> } & Record<string, unknown>;

export interface RunningNest {
  readonly app: NestFastifyApplication;
  readonly port: number;
  close(): Promise<void>;
}

/** Nest's own filter would log and replace errors of RPC methods; RpcServer does both, once. */
@Catch()
class PassOn implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

export async function startNest(options: StartNestOptions): Promise<RunningNest> {
  const { name, host = '127.0.0.1', log } = options;
  const connection = options.nats ?? (await connectNats(options.natsUrl, name));
  const metrics = options.metrics ?? createMetrics(name);
  const health: Health = { name, metrics, ready: () => checks(connection, options.ready) };
  const adapter = options.adapter ?? new FastifyAdapter({ logger: false, skipMiddie: true, forceCloseConnections: true } as never);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule(options.module, health), adapter, { logger: nestLog(log), abortOnError: false, bodyParser: false });
  const server = new RpcServer({ connection, queue: name, log, durations: rpcHistogram(metrics), checkReplies: options.checkReplies ?? process.env['NODE_ENV'] === 'test' });
  app.connectMicroservice({ strategy: server }, { deferInitialization: true }).useGlobalFilters(new PassOn());
  const closeAll = async () => {
    await app.close();
    if (!options.nats) await closeNats(connection);
  };
  try {
    await options.configure?.(app);
    await app.startAllMicroservices();
    await app.listen(options.port, host);
  } catch (error) {
    await closeAll();
    throw readable(error, name, options.port);
  }
  return { app, port: (app.getHttpServer().address() as AddressInfo).port, close: closeAll };
}

function rootModule(inner: StartNestOptions['module'], health: Health) {
  class ServiceModule {}
  return { module: ServiceModule, imports: [inner as Type<unknown>], controllers: [HealthController], providers: [{ provide: HEALTH, useValue: health }] };
}

async function checks(connection: NatsConnection, ready: StartNestOptions['ready']): Promise<Record<string, string>> {
  const nats = connection.isClosed() ? 'closed' : await within(connection.flush(), 1_000).then(() => 'up', () => 'no answer');
  try {
    return { nats, ...(await within(ready(), 3_000)) };
  } catch (error) {
    return { nats, service: error instanceof Error ? error.message : 'failed' };
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function readable(error: unknown, name: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const variable = `${name.toUpperCase()}_HTTP_PORT`;
  if (code === 'EADDRINUSE') return new ConfigError([`${variable}: port ${port} is taken; stop what uses it or set ${variable} to another (0 takes a free one)`]);
  if (code === 'EACCES') return new ConfigError([`${variable}: port ${port} may not be opened by this user; set ${variable} to one above 1023`]);
  return error;
}
