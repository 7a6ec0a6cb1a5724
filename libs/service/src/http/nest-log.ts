/** Nest's own lines through the service's logger. What it tells about its start-up is for debugging. */
import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../logger.js';

export function nestLog(log: Logger): LoggerService {
  const write = (level: 'debug' | 'warn' | 'error') => (message: unknown, ...rest: unknown[]) => {
    const from = typeof rest.at(-1) === 'string' ? { from: rest.at(-1) } : {};
    if (message instanceof Error) log[level]({ err: message, ...from }, message.message);
    else log[level](from, typeof message === 'string' ? message : JSON.stringify(message));
  };
  return { log: write('debug'), debug: write('debug'), verbose: write('debug'), warn: write('warn'), error: write('error'), fatal: write('error') };
}
