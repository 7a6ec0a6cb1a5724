/** The databases and roles of an installation: one database and two roles for every service, and sync's reader of the credentials. */
import { provisionDatabase, provisionReader } from '@tidemark/postgres';

/** Services that own a database, by the prefix of their variables. */
export const DATABASES = ['CONNECTIONS', 'SYNC', 'SNAPSHOTS', 'HISTORY', 'GATEWAY', 'CREDENTIALS'];

export const databaseOf = (prefix) => `tidemark_${prefix.toLowerCase()}`;

/**
 * Idempotent: what is there stays, passwords are set to those given.
 * @param {string} adminUrl of a role that may create databases and roles
 * @param {{ ownerPassword: string, servicePassword: string, readerPassword: string }} secrets
 * @param {readonly string[]} [only] the databases to provision, all by default
 * @returns {Promise<{ databases: Record<string, { ownerUrl: string, serviceUrl: string }>, credentialsReaderUrl: string }>}
 */
export async function provisionAll(adminUrl, { ownerPassword, servicePassword, readerPassword }, only = DATABASES) {
  const databases = {};
  for (const name of only) databases[name] = await provisionDatabase({ adminUrl, database: databaseOf(name), ownerPassword, servicePassword });
  if (!only.includes('CREDENTIALS')) return { databases, credentialsReaderUrl: '' };
  const database = databaseOf('CREDENTIALS');
  const reader = await provisionReader({ adminUrl, database, role: `${database}_sync`, password: readerPassword });
  return { databases, credentialsReaderUrl: reader.url };
}
