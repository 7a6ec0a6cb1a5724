/**
 * Makes the databases and roles before the services start; run by docker compose and by a job in Kubernetes, as often as
 * one likes. Reads PG_ADMIN_URL, OWNER_PASSWORD, SERVICE_PASSWORD, READER_PASSWORD and, for a server that holds only some
 * of the databases, PROVISION_ONLY (comma separated: CONNECTIONS,CREDENTIALS).
 */
import { DATABASES, provisionAll } from './provision-all.mjs';

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is required`);
  return value;
}

function wanted() {
  const names = (process.env.PROVISION_ONLY ?? DATABASES.join(',')).split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.filter((name) => !DATABASES.includes(name));
  if (unknown.length > 0) throw new Error(`PROVISION_ONLY names ${unknown.join(', ')}; known are ${DATABASES.join(', ')}`);
  return names;
}

try {
  const passwords = { ownerPassword: required('OWNER_PASSWORD'), servicePassword: required('SERVICE_PASSWORD'), readerPassword: required('READER_PASSWORD') };
  await provisionAll(required('PG_ADMIN_URL'), passwords, wanted());
  process.stdout.write(`provisioned ${wanted().join(', ')}\n`);
} catch (error) {
  process.stderr.write(`provision: ${error.message}\n`);
  process.exitCode = 1;
}
