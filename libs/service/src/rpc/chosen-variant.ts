/**
 * Of a union of objects that name their variant in one field (`kind`), only what is wrong with the named variant is worth telling: a webhook
 * with a bad address lacks nothing that an e-mail needs. Where no variant is named, the field that names it is what is wrong.
 */
export interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Record<string, unknown>;
}
export interface Node {
  readonly [key: string]: unknown;
}

interface Union {
  /** Where in the schema, and where in the value. */
  readonly at: string;
  readonly of: string;
  readonly variant: string;
  readonly name: string;
  readonly names: readonly unknown[];
}

/** @param nodeAt the schema's node at a path @returns the errors of variants that were meant, and one error a union where none was */
export function ofChosenVariant(errors: readonly SchemaError[], nodeAt: (path: string) => Node): SchemaError[] {
  const placed = errors.map((error) => ({ error, union: unionOf(error, nodeAt) }));
  const unions = Map.groupBy(placed.filter(({ union }) => union !== null), ({ union }) => `${union?.at} ${union?.of}`);
  const told = new Set<string>();
  return placed.flatMap(({ error, union }) => {
    // That no variant fits is said in other words where it is known why.
    if (error.keyword === 'anyOf' && unions.has(`${error.schemaPath}/anyOf ${error.instancePath}`)) return [];
    if (union === null) return [error];
    const key = `${union.at} ${union.of}`;
    const unnamed = new Set((unions.get(key) ?? []).filter((one) => isAboutName(one.error, one.union)).map((one) => one.union?.variant));
    if (unnamed.size < union.names.length) return unnamed.has(union.variant) ? [] : [error];
    if (told.has(key)) return [];
    told.add(key);
    return [{ keyword: 'variant', schemaPath: union.at, instancePath: `${union.of}/${union.name}`, message: '', params: { allowedValues: union.names } }];
  });
}

function isAboutName(error: SchemaError, union: Union | null): boolean {
  if (union === null) return false;
  if (error.keyword === 'required') return error.instancePath === union.of && (error.params['requiredProperties'] as string[]).includes(union.name);
  return error.instancePath === `${union.of}/${union.name}`;
}

function unionOf({ schemaPath, instancePath, keyword }: SchemaError, nodeAt: (path: string) => Node): Union | null {
  const [, at, variant, rest] = /^(.*?\/anyOf)\/(\d+)(.*)$/.exec(schemaPath) ?? [];
  if (at === undefined || variant === undefined || keyword === 'boolean') return null;
  const variants = nodeAt(at) as unknown as readonly Node[];
  const name = discriminatorOf(variants);
  if (name === null) return null;
  const hops = (rest ?? '').match(/\/(properties\/[^/]+|items)/g)?.length ?? 0;
  const of = instancePath.split('/').slice(0, instancePath.split('/').length - hops).join('/');
  return { at, of, variant, name, names: variants.flatMap((one) => propertyOf(one, name)?.['enum'] as unknown[]) };
}

/** The field that every variant has with values of its own; null where there is none. */
function discriminatorOf(variants: readonly Node[]): string | null {
  const [first] = variants;
  const names = Object.keys((first?.['properties'] as object | undefined) ?? {});
  return names.find((name) => variants.every((one) => Array.isArray(propertyOf(one, name)?.['enum']))) ?? null;
}

function propertyOf(node: Node, name: string): Node | undefined {
  return (node['properties'] as Record<string, Node> | undefined)?.[name];
}
