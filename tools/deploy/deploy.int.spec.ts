/** What can be said of the deployment without an engine: that it parses, fits together, and names what the services read. */
import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer, natsServerVersion } from '@tidemark/testing';
import { CREDENTIAL_READERS, DATABASES, databaseOf } from '../../deploy/provision-all.mjs';
import { PORTS } from '../standalone/ports.mjs';
import { root } from '../style/repository.js';
import { compose, composeWorkloads, containersOf, kubernetesWorkloads, manifests, read } from './manifests.js';
import type { Workload } from './manifests.js';

const composed = compose();
const cluster = manifests();
const every: [string, Workload][] = [...composeWorkloads(composed).map((one) => [`compose: ${one.name}`, one] as [string, Workload]), ...kubernetesWorkloads(cluster).map((one) => [`kubernetes: ${one.name}`, one] as [string, Workload])];
const ours = every.filter(([, { image }]) => image === 'tidemark');
const services = ours.filter(([, { name }]) => name in PORTS);

/** The source of an app and of the libraries that read variables for it. */
function sourceOf(app: string): string {
  return globSync([`apps/${app}/src/**/*.ts`, 'libs/{service,credentials,providers,event-log,projections}/src/**/*.ts'], { cwd: root, exclude: (path) => /\.spec\.ts$/.test(path) }).map(read).join('\n');
}

describe.each(ours)('%s', (_where, { command }) => {
  it('runs something that is there', () => {
    const [program, file = ''] = command;
    expect(program).toBe('node');
    expect(existsSync(join(root, file.replace('/dist/main.js', '/src/main.ts')))).toBe(true);
  });
});

describe.each(services)('%s', (_where, { name, env, ports }) => {
  it('sets only variables that the service reads', () => {
    const source = sourceOf(name);
    const given = Object.keys(env).filter((variable) => !/_PASSWORD$|^NODE_ENV$/.test(variable));
    // The providers' parser reads names without their prefix.
    const reads = (variable: string) => new RegExp(`\\b${variable}\\b|'${variable.replace(/^(PLAID|SNAPTRADE|COINBASE|DYDX)_/, '')}'`).test(source);
    expect(given.filter((variable) => !reads(variable) && !reads(variable.replace(/_FILE$/, '')))).toEqual([]);
  });

  it('listens for others, where its probes and its callers look for it', () => {
    const { variable } = PORTS[name as keyof typeof PORTS];
    expect(env[`${name.toUpperCase()}_HOST`]).toBe('0.0.0.0');
    expect(new Set([Number(env[variable]), ...ports])).toEqual(new Set([PORTS[name as keyof typeof PORTS].standard]));
  });

  it('uses database roles that are provisioned', () => {
    const roles = DATABASES.flatMap((prefix) => [`${databaseOf(prefix)}_service`, `${databaseOf(prefix)}_owner`]).concat(CREDENTIAL_READERS.map((service) => `${databaseOf('CREDENTIALS')}_${service}`));
    for (const [variable, value] of Object.entries(env).filter(([variable]) => /_PG_(OWNER_)?URL$/.test(variable))) {
      const [, role, host, database] = /^postgres:\/\/(\w+):\$[({]\w+[)}]@([\w-]+):5432\/(\w+)$/.exec(value) ?? [];
      expect({ variable, known: roles.includes(role as string), own: role?.startsWith(`${database}_`), host: host?.replace(/-.*/, '') }).toEqual({ variable, known: true, own: true, host: 'postgres' });
    }
  });
});

describe('docker-compose.yml', () => {
  it('has every service and the sandbox', () => {
    expect(Object.keys(composed.services)).toEqual(expect.arrayContaining(Object.keys(PORTS)));
  });

  it('refers only to what it defines', () => {
    for (const { secrets = [], depends_on = {}, volumes = [] } of Object.values(composed.services)) {
      expect(Object.keys(composed.secrets)).toEqual(expect.arrayContaining(secrets));
      expect(Object.keys(composed.services)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      for (const source of volumes.map((volume) => volume.split(':')[0] as string)) expect(source.startsWith('./') ? existsSync(join(root, source)) : source in composed.volumes).toBe(true);
    }
  });

  it('waits for health only where there is a health check', () => {
    const awaited = Object.values(composed.services).flatMap(({ depends_on = {} }) => Object.entries(depends_on).filter(([, { condition }]) => condition === 'service_healthy').map(([name]) => name));
    expect(awaited.filter((name) => !composed.services[name]?.healthcheck?.test)).toEqual([]);
  });

  it('asks for no variable that deploy/example.env does not name', () => {
    const text = read('docker-compose.yml');
    const named = [...read('deploy/example.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const asked = [...text.matchAll(/\$\{([A-Z_]+)(:-)?/g)].filter(([, , fallback]) => fallback === undefined).map(([, name]) => name);
    expect([...new Set([...asked, ...Object.values(composed.secrets).map(({ environment }) => environment)])].filter((name) => !named.includes(name))).toEqual([]);
  });

  const client = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;
  // Needs the compose plugin of the Docker client, though no engine.
  (client ? it : it.skip)('is accepted by docker compose', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-compose-'));
    try {
      writeFileSync(join(folder, '.env'), read('deploy/example.env').replace(/=$/gm, '=x'));
      execFileSync('docker', ['compose', '--env-file', join(folder, '.env'), '-f', join(root, 'docker-compose.yml'), 'config', '-q']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the Kubernetes manifests', () => {
  it('have every service', () => {
    expect(cluster.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(PORTS).filter((name) => name !== 'sandbox').sort());
  });

  it('name only secrets and keys that the example has', () => {
    const keys = new Set(cluster.filter(({ kind }) => kind === 'Secret').flatMap(({ metadata, stringData = {} }) => Object.keys(stringData).map((key) => `${metadata.name}/${key}`)));
    const used = cluster.flatMap(containersOf).flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [])));
    expect(used.filter((key) => !keys.has(key))).toEqual([]);
  });

  it('select the pods that they make', () => {
    const labels = cluster.map(({ spec }) => spec?.template?.metadata?.labels?.['app']);
    const selected = cluster.flatMap(({ spec }) => [...JSON.stringify(spec?.selector ?? {}).matchAll(/"app":"([\w-]+)"/g)].map(([, app]) => app));
    expect(selected.filter((app) => !labels.includes(app))).toEqual([]);
  });

  it('expand only variables that stand before', () => {
    for (const container of cluster.flatMap(containersOf)) {
      const seen = new Set<string>();
      for (const { name, value = '' } of container.env ?? []) {
        for (const [, used] of value.matchAll(/\$\((\w+)\)/g)) expect({ container: container.name, used, defined: seen.has(used as string) }).toMatchObject({ defined: true });
        seen.add(name);
      }
    }
  });

  it('keep a copy of every stream on each NATS server', () => {
    const servers = cluster.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'nats')?.spec?.replicas;
    const copies = kubernetesWorkloads(cluster).filter(({ name }) => ['connections', 'sync'].includes(name)).map(({ env }) => Number(env['NATS_STREAM_REPLICAS']));
    expect(copies).toEqual([servers, servers]);
  });

  it('provision every database', () => {
    const only = cluster.filter(({ kind }) => kind === 'Job').flatMap(containersOf).flatMap(({ env = [] }) => env.filter(({ name }) => name === 'PROVISION_ONLY').map(({ value }) => value));
    expect(only.sort()).toEqual([...DATABASES].sort());
  });
});

describe('the image', () => {
  it('runs the pinned Node, not as root', () => {
    const dockerfile = read('Dockerfile');
    expect(new Set([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image))).toEqual(new Set([`node:${read('.nvmrc').split('.')[0]}-slim`]));
    expect(dockerfile.split(/^FROM /m).at(-1)).toMatch(/^USER node$/m);
  });
});

describe('the nats-server configurations', () => {
  const inCluster = cluster.find(({ kind }) => kind === 'ConfigMap') as unknown as { data: Record<string, string> };
  const binary = findNatsServer();

  it.each([
    ['compose', read('deploy/nats/nats.conf')],
    ['kubernetes', inCluster.data['nats.conf'] as string],
  ])('of %s is one that nats-server accepts', (_where, text) => {
    if (!binary) throw new Error('no nats-server: run npm test, which fetches one');
    const [major, minor] = natsServerVersion(binary);
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-nats-conf-'));
    try {
      // sync_interval is younger than the server that Debian has; the production images are not.
      const known = major > 2 || minor >= 10 ? text : text.replace(/^\s*sync_interval.*$/m, '');
      writeFileSync(join(folder, 'nats.conf'), known.replaceAll('/data', folder));
      const done = spawnSync(binary, ['-t', '-c', join(folder, 'nats.conf')], { encoding: 'utf8', env: { ...process.env, POD_NAME: 'nats-0' } });
      expect({ status: done.status, said: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, said: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
