type Env = Record<string, string | undefined>;
export function environments(installation: {
  env: Env;
  ports: Record<string, number>;
  natsUrl: string;
  databases: Record<string, { ownerUrl: string; serviceUrl: string }>;
  credentialsReaderUrls: { sync: string; reconciliation: string };
  secrets: Record<string, string>;
  sandbox: { url: string; plaid: { clientId: string; secret: string }; snaptrade: { clientId: string; consumerKey: string }; fmp: { apiKey: string } };
}): Record<string, Env>;
