/** The gateway: HTTP on one side, requests to services on the other. No domain and no event log; its one table remembers answers. */
import helmet from '@fastify/helmet';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrate, openDatabase } from '@tidemark/postgres';
import { closeNats, connectNats, createLogger, createMetrics, RpcClient, startNest, systemClock } from '@tidemark/service';
import type { Env, Logger, RunningService, ServiceDefinition } from '@tidemark/service';
import { tokenVerifier } from './auth/verify-token.js';
import { gatewayConfig } from './config.js';
import type { GatewayConfig } from './config.js';
import { serveDocuments } from './documents/serve-documents.js';
import { api, PREFIX } from './http/api.js';
import { observe } from './http/observe.js';
import { gatewayAdapter } from './http/server.js';
import { answerCipher } from './idempotency/answer-cipher.js';
import { Idempotency } from './idempotency/idempotency.js';
import { IdempotentRequests1763700000000 } from './idempotency/idempotency.migration.js';
import { ProblemFilter } from './problem/error-handler.js';

export type { GatewayConfig } from './config.js';
export { DEVELOPMENT_SECRET } from './config.js';
export { asyncApiDocument } from './documents/asyncapi.js';
export { eventPages } from './documents/event-pages.js';
export { openApiDocument } from './documents/openapi.js';

const SWEEP_MS = 600_000;

@Module({})
class GatewayModule {}

export const service: ServiceDefinition = { name: 'gateway', start };

async function start(env: Env): Promise<RunningService> {
  const config = gatewayConfig(env);
  const log = createLogger({ service: 'gateway', level: config.LOG_LEVEL });
  if (config.GATEWAY_PG_OWNER_URL) await migrate({ ownerUrl: config.GATEWAY_PG_OWNER_URL, serviceRole: decodeURIComponent(new URL(config.GATEWAY_PG_URL).username), migrations: [IdempotentRequests1763700000000] });
  const database = await openDatabase({ url: config.GATEWAY_PG_URL, application: 'tidemark-gateway', poolSize: 5 });
  const nats = await connectNats(config.NATS_URL, 'gateway');
  const idempotency = new Idempotency({ database, cipher: answerCipher(config.answerKey), log, ttlMs: config.GATEWAY_IDEMPOTENCY_TTL, lockMs: config.GATEWAY_PROVIDER_TIMEOUT + 30_000, waitMs: 10_000 });
  const stopping = new AbortController();
  const metrics = createMetrics('gateway');
  const verify = tokenVerifier(config.jwt, () => systemClock.now());
  const parts = { config, nats, rpc: new RpcClient({ nats }), idempotency, verify, log, metrics, stopping: stopping.signal };
  const sweep = setInterval(() => void idempotency.sweep().catch((error: unknown) => log.warn({ err: error }, 'expired answers were not forgotten')), SWEEP_MS).unref();
  const giveBack = async () => {
    clearInterval(sweep);
    await closeNats(nats);
    await database.close();
  };
  try {
    const running = await startNest({
      module: GatewayModule,
      name: 'gateway',
      host: config.GATEWAY_HOST,
      port: config.GATEWAY_HTTP_PORT,
      natsUrl: config.NATS_URL,
      nats,
      log,
      metrics,
      ready: async () => ({ database: (await database.query('SELECT 1')).rowCount === 1 ? 'up' : 'no answer' }),
      adapter: gatewayAdapter(config),
      configure: async (app) => {
        observe(app.getHttpAdapter().getInstance(), log, metrics, stopping.signal);
        await configure(app, config, log);
        await app.register(api(parts), { prefix: PREFIX });
      },
    });
    return {
      name: 'gateway',
      port: running.port,
      close: async () => {
        stopping.abort();
        await running.close();
        await giveBack();
      },
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

async function configure(app: NestFastifyApplication, config: GatewayConfig, log: Logger): Promise<void> {
  app.useGlobalFilters(new ProblemFilter(log));
  // Browsers would turn Swagger UI's own files into https on a developer's machine.
  const directives = config.production ? {} : { upgradeInsecureRequests: null };
  await app.register(helmet, { contentSecurityPolicy: { useDefaults: true, directives } });
  if (config.GATEWAY_CORS_ORIGINS.length > 0) {
    app.enableCors({ origin: [...config.GATEWAY_CORS_ORIGINS], methods: ['GET', 'POST', 'PATCH', 'DELETE'], exposedHeaders: ['Tidemark-Position', 'Tidemark-Stale', 'Idempotency-Replayed', 'Retry-After', 'X-Request-Id'], maxAge: 600 });
  }
  await serveDocuments(app, !config.production);
}
