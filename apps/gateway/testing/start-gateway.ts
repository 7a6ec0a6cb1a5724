/** For tests: a gateway on a database of its own. */
import { provisionDatabase } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import type { RunningService } from '@tidemark/service';
import { service } from '../src/app.js';

export interface TestGateway {
  readonly origin: string;
  readonly env: Record<string, string>;
  /** A superuser's URL of the gateway's database. */
  readonly adminUrl: string;
  close(): Promise<void>;
}

export async function startGateway(natsUrl: string, env: Record<string, string> = {}): Promise<TestGateway> {
  const server = await testDatabase('gateway');
  const database = `${server.prefix}_gw`;
  const { ownerUrl, serviceUrl } = await provisionDatabase({ adminUrl: server.adminUrl, database, ownerPassword: 'owner', servicePassword: 'service' });
  const full = { NODE_ENV: 'test', LOG_LEVEL: 'silent', NATS_URL: natsUrl, GATEWAY_HTTP_PORT: '0', GATEWAY_PG_URL: serviceUrl, GATEWAY_PG_OWNER_URL: ownerUrl, GATEWAY_RATE_LIMIT_IP: '100000', GATEWAY_RATE_LIMIT_USER: '100000', ...env };
  let running: RunningService;
  try {
    running = await service.start(full);
  } catch (error) {
    await server.drop();
    throw error;
  }
  const adminUrl = new URL(server.adminUrl);
  adminUrl.pathname = `/${database}`;
  return {
    origin: `http://127.0.0.1:${running.port}`,
    env: full,
    adminUrl: adminUrl.href,
    close: async () => {
      await running.close();
      await server.drop();
    },
  };
}
