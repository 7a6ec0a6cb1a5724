/**
 * The secrets of a local installation: made once, kept in one file that only its owner may read. Deleting the file makes
 * new ones, which the databases and stored credentials of the old ones then do not fit: delete the state folder instead.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plain } from '../bootstrap/console.mjs';

const NEW = {
  postgresPassword: () => randomBytes(24).toString('base64url'),
  ownerPassword: () => randomBytes(24).toString('base64url'),
  servicePassword: () => randomBytes(24).toString('base64url'),
  readerPassword: () => randomBytes(24).toString('base64url'),
  jwtSecret: () => randomBytes(48).toString('base64url'),
  auditKey: () => randomBytes(32).toString('base64'),
  alertsKey: () => `local-1:${randomBytes(32).toString('base64')}`,
  credentialsKey: () => `local-1:${randomBytes(32).toString('base64')}`,
};

/** @typedef {{ [name in keyof typeof NEW]: string }} Secrets */

/** @param {string} folder @returns {Secrets} */
export function loadSecrets(folder) {
  const file = join(folder, 'secrets.json');
  const known = existsSync(file) ? parse(file) : {};
  const secrets = Object.fromEntries(Object.entries(NEW).map(([name, make]) => [name, known[name] ?? make()]));
  if (Object.keys(NEW).some((name) => known[name] === undefined)) writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return secrets;
}

function parse(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Plain(`${file} cannot be read: ${error.message}`, ['restore it, or delete its folder to begin with an empty installation']);
  }
}
