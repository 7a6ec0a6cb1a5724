/**
 * A route is data: which request of which service it is, and how HTTP carries it. The handler, the validation and the OpenAPI
 * document are all made from it, so they cannot disagree.
 */
import Type from 'typebox';
import type { TObject, TProperties, TSchema } from 'typebox';
import type { ProblemCode, RpcContract } from '@tidemark/contracts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with `:id`. */
  readonly path: string;
  /** Name in the OpenAPI document. */
  readonly operation: string;
  readonly tag: 'Linking' | 'Balances' | 'History' | 'Reconciliation' | 'Alerts' | 'Operators' | 'Settings';
  readonly summary: string;
  readonly contract: RpcContract;
  /** Path parameter → field of the contract's request. */
  readonly params?: Readonly<Record<string, string>>;
  /** Default 200; 204 has no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** What this route may refuse beyond what every route may. */
  readonly refusals?: readonly ProblemCode[];
  /** Waits for a provider. */
  readonly slow?: boolean;
  readonly scope?: 'ops';
  /** A read that answers what its subject has reached, as a write does. */
  readonly answersPosition?: boolean;
  /** The answer is a file (`{filename, contentType, body}`): HTTP carries its body alone. */
  readonly answersFile?: boolean;
}

/** The contract's request, taken apart by where HTTP carries its fields. */
export interface RouteShape {
  readonly params: TObject;
  readonly query: TObject;
  readonly body: TObject | null;
}

export function shapeOf(route: Route): RouteShape {
  const properties = (route.contract.request as TObject).properties;
  const taken = new Set(Object.values(route.params ?? {}));
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !taken.has(name)));
  const params = Object.fromEntries(Object.entries(route.params ?? {}).map(([name, field]) => [name, properties[field] as TSchema]));
  const hasBody = route.method === 'POST' || route.method === 'PATCH';
  const made = (fields: TProperties) => Type.Object(fields, { additionalProperties: false });
  return { params: made(params), query: made(hasBody ? {} : rest), body: hasBody ? made(rest) : null };
}
