import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { missingEntries, platformOf } from './complete-lock.mjs';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as { packages: Record<string, { version?: string; resolved?: string; link?: boolean }> };

describe('package-lock.json', () => {
  it('serves every platform, not only the one it was made on', () => {
    expect(missingEntries(lock.packages)).toEqual({});
  });

  it('names no registry: each machine uses its own', () => {
    const named = Object.values(lock.packages).filter((entry) => entry.resolved !== undefined && !entry.link);
    expect(named).toEqual([]);
  });
});

describe('completing a lock', () => {
  it('adds an entry for a platform that is missing, and keeps what is there', () => {
    const packages = {
      'node_modules/native': { version: '1.0.0', dev: true, optionalDependencies: { 'native-linux-x64-gnu': '1.0.0', 'native-darwin-arm64': '^1.0.0' } },
      'node_modules/native-linux-x64-gnu': { version: '1.0.0' },
    };
    expect(missingEntries(packages)).toEqual({ 'node_modules/native-darwin-arm64': { version: '1.0.0', os: ['darwin'], cpu: ['arm64'], dev: true, optional: true } });
  });

  it.each([
    ['@swc/core-linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@nx/nx-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
    ['left-pad', undefined],
  ])('reads the platform of %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
