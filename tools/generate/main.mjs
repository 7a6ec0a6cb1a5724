/**
 * Writes what is generated from the schemas: docs/openapi.json, docs/asyncapi.json and a page per event under docs/events.
 * With `--check` it writes nothing and fails where the tree would change, so that a document is never older than the code.
 * It reads the built packages: build first.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const docs = join(root, 'docs');
const check = process.argv.includes('--check');

const { asyncApiDocument, eventPages, openApiDocument } = await import('@tidemark/app-gateway').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('generate: the packages are not built; run "npm run build" first\n');
  process.exit(1);
});

const json = (document) => `${JSON.stringify(document, null, 2)}\n`;
const wanted = new Map([
  [join(docs, 'openapi.json'), json(openApiDocument({ development: true }))],
  [join(docs, 'asyncapi.json'), json(asyncApiDocument())],
  ...Object.entries(eventPages()).map(([name, text]) => [join(docs, 'events', name), text]),
]);

const changed = [...wanted].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text).map(([file]) => file);
const events = join(docs, 'events');
const orphans = existsSync(events) ? readdirSync(events).map((name) => join(events, name)).filter((file) => !wanted.has(file)) : [];

if (check) {
  if (changed.length + orphans.length > 0) {
    const lines = [...changed.map((file) => `  is not what the schemas say: ${relative(root, file)}`), ...orphans.map((file) => `  belongs to no event any more: ${relative(root, file)}`)];
    process.stderr.write(`generated documents are out of date; run "npm run generate" and commit the result:\n${lines.join('\n')}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${wanted.size} generated documents are up to date\n`);
  }
} else {
  for (const file of changed) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted.get(file));
  }
  for (const file of orphans) rmSync(file);
  process.stdout.write(`${changed.length} of ${wanted.size} documents written, ${orphans.length} removed\n`);
}
