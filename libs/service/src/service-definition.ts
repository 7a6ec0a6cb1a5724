/** What every app exports, so that it can run alone in a container or beside the others in one process. */
import type { Env } from './config/config.js';

export interface RunningService {
  readonly name: string;
  /** Where HTTP (health, metrics, the gateway's API) is served. */
  readonly port: number;
  /** Stops taking work, lets running work end, and gives back every connection. */
  close(): Promise<void>;
}

export interface ServiceDefinition {
  readonly name: string;
  start(env: Env): Promise<RunningService>;
}
