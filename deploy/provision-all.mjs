/** The databases and roles of an installation: one database and two roles for every service, and the readers of the credentials. */
import { provisionDatabase, provisionReader } from '@tidemark/postgres';

/** Services that own a database, by the prefix of their variables. */
export const DATABASES = ['CONNECTIONS', 'SYNC', 'SNAPSHOTS', 'HISTORY', 'RECONCILIATION', 'ALERTS', 'GATEWAY', 'CREDENTIALS'];

/** Services that may read credentials, each with a role of its own. */
export const CREDENTIAL_READERS = ['sync', 'reconciliation'];

export const databaseOf = (prefix) => `tidemark_${prefix.toLowerCase()}`;

/**
 * Idempotent: what is there stays, passwords are set to those given.
 * @param {string} adminUrl of a role that may create databases and roles
 * @param {{ ownerPassword: string, servicePassword: string, readerPassword: string }} secrets
 * @param {readonly string[]} [only] the databases to provision, all by default
 * @returns {Promise<{ databases: Record<string, { ownerUrl: string, serviceUrl: string }>, credentialsReaderUrls: { sync: string, reconciliation: string } }>}
 */
export async function provisionAll(adminUrl, { ownerPassword, servicePassword, readerPassword }, only = DATABASES) {
  const databases = {};
  for (const name of only) databases[name] = await provisionDatabase({ adminUrl, database: databaseOf(name), ownerPassword, servicePassword });
  if (!only.includes('CREDENTIALS')) return { databases, credentialsReaderUrls: { sync: '', reconciliation: '' } };
  const database = databaseOf('CREDENTIALS');
  const credentialsReaderUrls = {};
  // One after another: they change the rights on the same database.
  for (const service of CREDENTIAL_READERS) credentialsReaderUrls[service] = (await provisionReader({ adminUrl, database, role: `${database}_${service}`, password: readerPassword })).url;
  return { databases, credentialsReaderUrls };
}
