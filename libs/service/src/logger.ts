/** One JSON line per thing that happened, on standard output. Lines written while a request is served carry its id. */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { redact, redactText } from './redact.js';
import { currentRequest } from './request-context.js';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LoggerOptions {
  readonly service: string;
  readonly level?: string;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: (line: Record<string, unknown>) => redact(line) as Record<string, unknown> },
    // `redact` has made plain objects of errors already; pino's own serializer would take them for something else.
    serializers: { err: (err: unknown) => err },
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (...rest: unknown[]) => void) {
        method.apply(this, args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg)));
      },
    },
    mixin: () => requestFields(),
  };
  return destination ? pino(options as never, destination) : pino(options as never);
}

function requestFields(): Record<string, unknown> {
  const request = currentRequest();
  return request ? { requestId: request.requestId, userId: request.userId } : {};
}
