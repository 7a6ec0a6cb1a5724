export const DATABASES: readonly string[];
export const CREDENTIAL_READERS: readonly string[];
export function databaseOf(prefix: string): string;
export function provisionAll(
  adminUrl: string,
  secrets: { ownerPassword: string; servicePassword: string; readerPassword: string },
  only?: readonly string[],
): Promise<{ databases: Record<string, { ownerUrl: string; serviceUrl: string }>; credentialsReaderUrls: { sync: string; reconciliation: string } }>;
