/** How services ask each other: one subject, one request schema and one answer schema, the same that the gateway publishes over HTTP. */
import type { Static, TSchema } from 'typebox';
import type { LogPosition } from '../position.js';
import type { Problem } from '../problem.js';

export interface RpcContract<Req extends TSchema = TSchema, Res extends TSchema = TSchema> {
  /** `<service>.<verb>`; the queue group is the service's name. */
  readonly subject: string;
  readonly request: Req;
  readonly response: Res;
}

/** Who asks, and for whom. The gateway fills it from the token; a service trusts only this, never an id in the payload. */
export interface RpcContext {
  readonly userId: string;
  readonly requestId: string;
  readonly scopes?: readonly string[];
  /** Positions that the answer must have seen (`Tidemark-Position`). */
  readonly after?: readonly LogPosition[];
  readonly traceparent?: string;
}

export interface RpcRequest<T> {
  readonly context: RpcContext;
  readonly payload: T;
}

export type RpcReply<T> =
  | { readonly ok: true; readonly value: T; /** What a write reached. */ readonly positions?: readonly LogPosition[]; /** The projection had not come as far as `after` in time. */ readonly stale?: boolean }
  | { readonly ok: false; readonly error: Problem };

export type RequestOf<C extends RpcContract> = Static<C['request']>;
export type ResponseOf<C extends RpcContract> = Static<C['response']>;

export function contract<Req extends TSchema, Res extends TSchema>(subject: string, request: Req, response: Res): RpcContract<Req, Res> {
  return { subject, request, response };
}
