/**
 * Turns what a compiled schema says about a value into what a person can act on: the field, and what would be accepted.
 * The schemas' descriptions say it in words. Values are never repeated, as they may be secrets.
 */
import { Compile } from 'typebox/compile';
import type { Validator } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { TSchema } from 'typebox';
import type { FieldError } from '@tidemark/contracts';
import { ofChosenVariant } from './chosen-variant.js';
import type { Node, SchemaError } from './chosen-variant.js';

/** TypeBox stops at 8 by itself, which one union of objects uses up before it comes to the field that is wrong. */
Settings.Set({ maxErrors: 500 });

const compiled = new WeakMap<TSchema, Validator>();

export function validatorOf(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known) return known;
  const made = Compile(schema);
  compiled.set(schema, made);
  return made;
}

/** @returns null where the value is accepted */
export function fieldErrors(schema: TSchema, value: unknown): FieldError[] | null {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return null;
  const found = new Map<string, string>();
  for (const error of ofChosenVariant([...validator.Errors(value)] as SchemaError[], (path) => nodeAt(schema, path))) {
    for (const { field, message } of explain(schema, error)) if (!found.has(field)) found.set(field, message);
  }
  if (found.size === 0) found.set('', 'is not accepted');
  return [...found].slice(0, 50).map(([field, message]) => ({ field, message }));
}

function explain(root: TSchema, error: SchemaError): FieldError[] {
  const field = error.instancePath.slice(1);
  const below = (name: string) => (field ? `${field}/${name}` : name);
  const node = nodeAt(root, error.schemaPath);
  if (error.keyword === 'boolean') return [];
  if (error.keyword === 'variant') return [{ field, message: `must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}` }];
  if (error.keyword === 'required') {
    const missing = error.params['requiredProperties'] as string[];
    return missing.map((name) => ({ field: below(name), message: `is required${expected(child(node, name), ': ')}` }));
  }
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys((node['properties'] as object | undefined) ?? {});
    const message = known.length > 0 ? `is not known here; known are ${known.join(', ')}` : 'is not known here; nothing is';
    return (error.params['additionalProperties'] as string[]).map((name) => ({ field: below(name.slice(0, 100)), message }));
  }
  const union = nodeAt(root, error.schemaPath.replace(/\/anyOf\/\d+$/, ''));
  return [{ field, message: `must be ${words(union)}` }];
}

function nodeAt(root: TSchema, path: string): Node {
  let node: unknown = root;
  for (const part of path.split('/').slice(1)) node = (node as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return (node ?? {}) as Node;
}

function child(node: Node, name: string): Node | undefined {
  return (node['properties'] as Record<string, Node> | undefined)?.[name];
}

function expected(node: Node | undefined, before: string): string {
  return node ? `${before}${words(node)}` : '';
}

/** What a schema accepts, in words. */
export function words(node: Node): string {
  if (typeof node['description'] === 'string') return node['description'];
  if (Array.isArray(node['enum'])) return `one of ${node['enum'].join(', ')}`;
  if (Array.isArray(node['anyOf'])) return (node['anyOf'] as Node[]).map(words).join(' or ');
  if (node['const'] !== undefined) return JSON.stringify(node['const']);
  const bounds = (least: string, most: string) => [node[least] === undefined ? '' : `at least ${node[least] as number}`, node[most] === undefined ? '' : `at most ${node[most] as number}`].filter(Boolean).join(' and ');
  const within = (text: string, limits: string, unit = '') => (limits ? `${text} of ${limits}${unit}` : text);
  switch (node['type']) {
    case 'string':
      return within('a text', bounds('minLength', 'maxLength'), ' characters');
    case 'integer':
      return within('a whole number', bounds('minimum', 'maximum'));
    case 'number':
      return within('a number', bounds('minimum', 'maximum'));
    case 'array':
      return within('a list', bounds('minItems', 'maxItems'), ' items');
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'object':
      return 'an object';
    default:
      return 'another value';
  }
}
