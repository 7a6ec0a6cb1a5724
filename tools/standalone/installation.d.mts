type Env = Record<string, string | undefined>;

export interface Installation {
  apiUrl: string;
  docsUrl: string;
  sandboxUrl: string;
  natsUrl: string;
  /** What the gateway checks tokens with; undefined when the user brought an issuer. */
  jwtSecret: string | undefined;
  /** Postgres, as its superuser. */
  adminUrl: string;
  /** Service → where it says how it is. */
  healthUrls: Record<string, string>;
  /** What each service was started with. */
  environments: Record<string, Env>;
  pids: { postgres: number | undefined; nats: number | undefined };
  stop(): Promise<void>;
}

export function startInstallation(options: { folder: string; env?: Env; step?: <T>(title: string, work: (progress: (what: string) => void) => Promise<T>) => Promise<T> }): Promise<Installation>;
