/** A running Postgres, wherever it came from. */
export interface Postgres {
  /** A superuser's URL of the database `postgres`, without a password: the server listens on 127.0.0.1 and trusts it. */
  adminUrl: string;
  port: number;
  /** Undefined when the server is not ours (PG_URL, a container). */
  pid: number | undefined;
  /** Stops what was started; nothing for a server that PG_URL named. A temporary data directory is removed. */
  stop(): Promise<void>;
}
