/** Postgres and NATS from Docker, for platforms without embedded binaries. testcontainers is loaded only when it is needed. */
import type { Postgres } from './postgres-server.js';

const POSTGRES_IMAGE = 'postgres:18';
const NATS_IMAGE = 'nats:2.12';

async function testcontainers(what: string): Promise<typeof import('testcontainers')> {
  const library = await import('testcontainers');
  try {
    await library.getContainerRuntimeClient();
  } catch (error) {
    throw new Error(`${what} is missing, and Docker does not answer either (${(error as Error).message})`, { cause: error });
  }
  return library;
}

export async function startPostgresContainer(): Promise<Postgres> {
  const { GenericContainer, Wait } = await testcontainers('a Postgres for this platform (set PG_URL to use a server of yours)');
  const container = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
    .withCommand(['postgres', '-c', 'max_connections=200'])
    .withExposedPorts(5432)
    // The image starts the server twice: the second line is the one that counts.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  const port = container.getMappedPort(5432);
  return {
    adminUrl: `postgres://postgres@${container.getHost()}:${port}/postgres`,
    port,
    pid: undefined,
    stop: async () => void (await container.stop()),
  };
}

/** A nats-server in a container on a host port; its store ends with it. */
export async function startNatsContainer(): Promise<{ url: string; port: number; stop(): Promise<void>; kill(): Promise<void> }> {
  const { GenericContainer, Wait } = await testcontainers('nats-server (set NATS_SERVER_BIN, or run npm test once to fetch it)');
  const container = await new GenericContainer(NATS_IMAGE)
    .withCommand(['-js', '-sd', '/data'])
    .withExposedPorts(4222)
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start();
  const port = container.getMappedPort(4222);
  const stop = async (timeout: number) => void (await container.stop({ timeout }));
  return { url: `nats://${container.getHost()}:${port}`, port, stop: () => stop(10_000), kill: () => stop(0) };
}
