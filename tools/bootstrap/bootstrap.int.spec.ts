/** The bootstrap's promises, on processes and servers of the tests' own. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { waitUntil } from '@tidemark/testing';
import { root } from '../style/repository.js';
import { installEnvironment, matchesLock } from './dependencies.mjs';
import { alone } from './lock.mjs';
import { ensureNatsServer, releaseArchive, verify } from './nats-server.mjs';
import { checkBootstrapNode } from './node-version.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = (path: string, text: string) => {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
};
const running = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '');
  } catch {
    return false; // no such process
  }
};

describe('Node', () => {
  it('below 20 is refused by name', () => {
    expect(() => checkBootstrapNode('v18.19.0')).toThrow('Node 20 or newer is needed to start; this is v18.19.0');
    expect(() => checkBootstrapNode('v20.0.0')).not.toThrow();
  });
});

describe('dependencies', () => {
  const install = (version: string) => {
    mkdirSync(join(folder, 'node_modules', 'a'), { recursive: true });
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/other-os': { version: '1.0.0', optional: true } } }));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': { version } } }));
  };

  it('are not installed again when they are what the lock says', () => {
    install('1.0.0');
    expect(matchesLock(folder)).toBe(true);
  });

  it('are installed when a version differs, a folder is gone or nothing is there', () => {
    expect(matchesLock(folder)).toBe(false);
    install('0.9.0');
    expect(matchesLock(folder)).toBe(false);
    install('1.0.0');
    rmSync(join(folder, 'node_modules', 'a'), { recursive: true });
    expect(matchesLock(folder)).toBe(false);
  });

  it('are installed whole, whatever the caller has set', () => {
    expect(installEnvironment({ PATH: 'x', NODE_ENV: 'production', npm_config_omit: 'dev', npm_config_ignore_scripts: 'true', npm_config_registry: 'r' })).toEqual({ PATH: 'x', npm_config_registry: 'r' });
  });
});

describe('nats-server', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  /** Publishes a release whose archive holds `nats-server`, with these checksums. */
  async function publish(sums: (archive: string, data: Buffer) => string): Promise<string> {
    script(join(folder, 'nats-server'), 'echo "nats-server: v9.9.9"');
    const archive = releaseArchive() as string;
    const tar = spawn('tar', ['-czf', join(folder, archive), '-C', folder, 'nats-server']);
    await once(tar, 'exit');
    const data = readFileSync(join(folder, archive));
    server = createServer((request, response) => response.end(request.url?.endsWith('SHA256SUMS') ? sums(archive, data) : data));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex');
  const quiet = () => undefined;

  it('comes from NATS_URL, then from NATS_SERVER_BIN', async () => {
    expect(await ensureNatsServer(folder, quiet, { NATS_URL: 'nats://127.0.0.1:1' })).toEqual({ remark: 'using NATS_URL' });
    const own = script(join(folder, 'mine'), 'echo "nats-server: v1.2.3"');
    expect(await ensureNatsServer(folder, quiet, { NATS_SERVER_BIN: own })).toMatchObject({ binary: own });
    await expect(ensureNatsServer(folder, quiet, { NATS_SERVER_BIN: join(folder, 'gone') })).rejects.toThrow(/NATS_SERVER_BIN names .*gone/);
  });

  // Where the system has one on its own path, nothing is fetched, and there is nothing to see.
  const unlessInstalled = ['/usr/sbin/nats-server', '/usr/local/sbin/nats-server'].some(existsSync) ? it.skip : it;

  unlessInstalled('comes from the official release, once, into the project', async () => {
    const releases = await publish((archive, data) => `${sha(data)}  ${archive}\n`);
    const got = await ensureNatsServer(folder, quiet, { TIDEMARK_NATS_RELEASES: releases, PATH: '' });
    expect(got).toEqual({ remark: 'v9.9.9 from the official release', binary: join(folder, '.tidemark', 'bin', 'nats-server') });
    expect((await ensureNatsServer(folder, quiet, { PATH: '' })).remark).toBe('v9.9.9 (project cache)');
  });

  it('is refused when the published checksum differs or is missing', () => {
    const data = Buffer.from('binary');
    expect(() => verify('a.tar.gz', `${sha(data)}  a.tar.gz`, data)).not.toThrow();
    expect(() => verify('a.tar.gz', `${sha(Buffer.from('other'))}  a.tar.gz`, data)).toThrow(/has checksum/);
    expect(() => verify('a.tar.gz', `${sha(data)}  b.tar.gz`, data)).toThrow(/do not name a.tar.gz/);
  });

  it('is known for every platform that upstream builds for', () => {
    expect(releaseArchive('darwin', 'arm64')).toMatch(/^nats-server-v[\d.]+-darwin-arm64\.tar\.gz$/);
    expect(releaseArchive('win32', 'x64')).toMatch(/-windows-amd64\.zip$/);
    expect(releaseArchive('aix', 'ppc64')).toBeUndefined();
  });
});

describe('two at once', () => {
  it('take turns, and a lock left by a dead process is taken over', async () => {
    mkdirSync(join(folder, '.tidemark'));
    writeFileSync(join(folder, '.tidemark', 'bootstrap.lock'), '999999999');
    const seen: string[] = [];
    const one = (name: string) => alone(folder, async () => {
      seen.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      seen.push(`${name} out`);
    });
    await Promise.all([one('a'), one('b')]);
    expect([seen[0]?.slice(2), seen[1]?.slice(2), seen[2]?.slice(2), seen[3]?.slice(2)]).toEqual(['in', 'out', 'in', 'out']);
  });
});

describe('a stage', () => {
  /** A stage that has a child of its own, and says both process ids. */
  async function start(): Promise<{ launcher: number; stage: number; child: number; exit: Promise<unknown[]> }> {
    writeFileSync(join(folder, 'stage.mjs'), `import { spawn } from 'node:child_process';
      const child = spawn('sleep', ['60']);
      process.on('SIGINT', () => process.exit(7));
      process.on('disconnect', () => process.exit(8));
      console.log(process.pid, child.pid);
      setInterval(() => {}, 1000);`);
    writeFileSync(join(folder, 'launch.mjs'), `import { runStage } from ${JSON.stringify(join(root, 'tools/bootstrap/stage.mjs'))};
      process.exitCode = await runStage(process.execPath, [${JSON.stringify(join(folder, 'stage.mjs'))}], { cwd: ${JSON.stringify(folder)}, env: process.env });`);
    const launcher = spawn(process.execPath, [join(folder, 'launch.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pids] = (await once(launcher.stdout, 'data')) as [Buffer];
    const [stage, child] = pids.toString().trim().split(' ').map(Number) as [number, number];
    return { launcher: launcher.pid as number, stage, child, exit: once(launcher, 'exit') };
  }

  it('is asked to stop once, and what it leaves behind is ended', async () => {
    const { launcher, stage, child, exit } = await start();
    process.kill(launcher, 'SIGINT');
    expect((await exit)[0]).toBe(7);
    await waitUntil(() => !running(stage) && !running(child), { describe: 'the stage and its child to end' });
  });

  it('notices that its launcher was killed', async () => {
    const { launcher, stage, child } = await start();
    process.kill(launcher, 'SIGKILL');
    await waitUntil(() => !running(stage), { describe: 'the stage to notice' });
    process.kill(child, 'SIGKILL'); // sleep has no guard of its own
  });
});
