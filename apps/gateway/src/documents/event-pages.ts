/** A Markdown page per event type: its log, its version, its fields. */
import { CATALOGUE, dataSchemaOf } from '@tidemark/contracts';
import type { EventType } from '@tidemark/contracts';
import { words } from '@tidemark/service';
import { plain } from './components.js';
import type { Json } from './components.js';

/** File name → content. */
export function eventPages(): Record<string, string> {
  const types = Object.entries(CATALOGUE);
  const rows = types.map(([type, entry]) => `| [${type}](${type}.md) | \`${entry.log}\` | ${entry.version} | ${entry.summary} |`);
  const index = ['# Events', '', 'Generated from `libs/contracts/src/events`: edit there, then run `npm run generate`.', '', '| event | log | version | what happened |', '|---|---|---|---|', ...rows, ''].join('\n');
  return { 'README.md': index, ...Object.fromEntries(types.map(([type, entry]) => [`${type}.md`, page(type, entry)])) };
}

function page(type: string, entry: EventType): string {
  const upcasts = Object.keys(entry.upcasts ?? {});
  return [
    `# ${type}`,
    '',
    entry.summary,
    '',
    `- Log: \`${entry.log}\``,
    `- Version: ${entry.version} (\`${dataSchemaOf(type, entry.version)}\`)`,
    ...(upcasts.length > 0 ? [`- Brought up to date when read from version ${upcasts.join(', ')}`] : []),
    '',
    '| field | type | required | accepts |',
    '|---|---|---|---|',
    ...fields(plain(entry.schema), ''),
    '',
  ].join('\n');
}

function fields(schema: Json, above: string): string[] {
  const required = new Set((schema['required'] as string[] | undefined) ?? []);
  return Object.entries((schema['properties'] as Record<string, Json> | undefined) ?? {}).flatMap(([name, field]) => {
    const path = above ? `${above}.${name}` : name;
    const inner = innerObject(field);
    return [`| \`${path}\` | ${typeName(field)} | ${required.has(name) ? 'yes' : 'no'} | ${words(field).replaceAll('|', '\\|').replaceAll('\n', ' ')} |`, ...(inner ? fields(inner.schema, inner.list ? `${path}[]` : path) : [])];
  });
}

function innerObject(field: Json): { schema: Json; list: boolean } | null {
  if (field['properties']) return { schema: field, list: false };
  const items = field['items'] as Json | undefined;
  if (items?.['properties']) return { schema: items, list: true };
  for (const option of (field['anyOf'] as Json[] | undefined) ?? []) {
    const found = innerObject(option);
    if (found) return found;
  }
  return null;
}

function typeName(field: Json): string {
  if (Array.isArray(field['anyOf'])) return (field['anyOf'] as Json[]).map(typeName).join(' or ');
  if (Array.isArray(field['enum'])) return 'string';
  if (field['type'] === 'array') return `list of ${typeName((field['items'] as Json | undefined) ?? {})}`;
  return typeof field['type'] === 'string' ? field['type'] : 'any';
}
