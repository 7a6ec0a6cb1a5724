/** Who is being served right now, so that log lines far from the edge still carry the request's id. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { context as otel, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { RpcContext } from '@tidemark/contracts';
import { parseTraceparent } from './traceparent.js';

const requests = new AsyncLocalStorage<RpcContext>();

export function currentRequest(): RpcContext | undefined {
  return requests.getStore();
}

/** Runs `work` as part of a request; with an OpenTelemetry SDK installed, spans made inside hang below the caller's. */
export function inRequest<T>(context: RpcContext, work: () => T): T {
  const parent = context.traceparent ? parseTraceparent(context.traceparent) : null;
  if (!parent) return requests.run(context, work);
  return otel.with(trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }), () => requests.run(context, work));
}
