/** What the documents tell people to type, down to the options. */
import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { tidemark } from './program.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** @returns what there is not, or null */
function problemOf(line: string): string | null {
  const words = line.trim().split(/\s+/).slice(2);
  let command: Command = tidemark();
  for (const word of words) {
    if (word.startsWith('-')) break;
    const next: Command | undefined = command.commands.find((one) => one.name() === word);
    if (!next && command.commands.length > 0) return `there is no "${word}" in "${command.name()}"`;
    if (!next) break;
    command = next;
  }
  const known = new Set(['--help', '--version', ...command.options.flatMap(({ long }) => long ?? [])]);
  const unknown = [...line.matchAll(/\s(--[a-z][a-z-]*)/g)].map(([, option = '']) => option).filter((option) => !known.has(option));
  const missing = command.options.filter(({ mandatory, long }) => mandatory && !words.includes(long ?? '')).map(({ long }) => long);
  if (unknown.length > 0) return `"${command.name()}" has no ${unknown.join(', ')}`;
  return missing.length > 0 ? `"${command.name()}" needs ${missing.join(', ')}` : null;
}

const documented = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].flatMap((path) => {
  const blocks = [...readFileSync(`${ROOT}${path}`, 'utf8').matchAll(/^```(?:bash|sh|shell)\n([^]*?)^```/gm)].map(([, text = '']) => text.replaceAll('\\\n', ' '));
  return blocks.flatMap((text) => [...text.matchAll(/^.*\bnpx tidemark .*$/gm)].map(([line]) => [path, line.slice(line.indexOf('npx tidemark'))] as const));
});

describe('the command line in the documents', () => {
  it('is there', () => expect(documented.length).toBeGreaterThan(10));

  it.each(documented)('%s: %s', (_path, line) => {
    expect(problemOf(line)).toBeNull();
  });

  it.each(['npx tidemark fly', 'npx tidemark reconcile fly', 'npx tidemark reconcile run --fast', 'npx tidemark book import a.csv --user ann'])('%s would be found', (line) => {
    expect(problemOf(line)).not.toBeNull();
  });
});
