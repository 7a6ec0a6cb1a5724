/**
 * Checks an answer against a provider's official OpenAPI document. The documents are reference data outside this
 * repository (TIDEMARK_SPECS, else ../shared/specs beside the repository); they are OpenAPI 3.0, so `nullable` is
 * rewritten to what JSON Schema understands.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';

const folder = process.env['TIDEMARK_SPECS'] === undefined ? new URL('../../../../../shared/specs/', import.meta.url) : new URL(`file://${process.env['TIDEMARK_SPECS']}/`);

export const specsThere = existsSync(new URL('plaid.openapi.yaml', folder));

/** What is wrong with this answer; an empty list is what is wanted. */
export type Check = (method: string, path: string, status: string, answer: unknown) => string[];

export interface OpenApi {
  /** Checks the JSON body that an operation answered with a status. */
  answer: Check;
  /** Checks a value against one of the document's component schemas. */
  schema(name: string, value: unknown): string[];
}

export function openApi(provider: 'plaid' | 'snaptrade'): OpenApi {
  const document = nullsAllowed(parse(readFileSync(new URL(`${provider}.openapi.yaml`, folder), 'utf8'))) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  for (const format of ['double', 'decimal', 'int32', 'float']) ajv.addFormat(format, true);
  ajv.addSchema({ $id: 'spec', ...document });
  const against = (place: string[], value: unknown): string[] => {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = ajv.compile({ $ref: `spec#/${pointer}` });
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  };
  return {
    answer: (method, path, status, answer) => against(['paths', path, method, 'responses', status, 'content', 'application/json', 'schema'], answer),
    schema: (name, value) => against(['components', 'schemas', name], value),
  };
}

function nullsAllowed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullsAllowed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, example: _example, examples: _examples, ...rest } = schema as Record<string, unknown>;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, nullsAllowed(value)]));
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner;
}
