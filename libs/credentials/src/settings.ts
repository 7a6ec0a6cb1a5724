/** The variables of the store, to be put into a service's own schema, and the store that they describe. */
import { openDatabase } from '@tidemark/postgres';
import type { CredentialStore } from './credential-store.js';
import { parseKeyring } from './keyring.js';
import type { Keyring } from './keyring.js';
import { PostgresCredentialStore } from './postgres/postgres-credential-store.js';

/** Shaped as `Setting` of @tidemark/service, which this library does not need otherwise. */
interface Variable<T> {
  readonly accepts: string;
  readonly fallback?: { readonly value: T };
  readonly fromFile?: boolean;
  parse(text: string): T | undefined;
}

export interface CredentialSettings {
  readonly CREDENTIALS_STORE: 'postgres' | 'aws';
  readonly CREDENTIALS_PG_URL: string | undefined;
  readonly CREDENTIALS_KEY: Keyring | undefined;
  readonly CREDENTIALS_AWS_REGION: string | undefined;
  readonly CREDENTIALS_AWS_PREFIX: string;
  readonly CREDENTIALS_AWS_ENDPOINT: string | undefined;
  readonly CREDENTIALS_AWS_KMS_KEY: string | undefined;
}

const absent = { value: undefined };
const address = (schemes: RegExp, accepts: string): Variable<string | undefined> => ({ accepts, fallback: absent, parse: (text) => (schemes.test(text) && URL.canParse(text) ? text : undefined) });

export const credentialSettings: { readonly [K in keyof CredentialSettings]: Variable<CredentialSettings[K]> } = {
  CREDENTIALS_STORE: { accepts: 'one of postgres, aws', fallback: { value: 'postgres' }, parse: (text) => (text === 'postgres' || text === 'aws' ? text : undefined) },
  CREDENTIALS_PG_URL: address(/^postgres(ql)?:\/\//, 'an address that begins with postgres:// or postgresql://'),
  CREDENTIALS_KEY: {
    accepts: '32 bytes in base64, or several comma separated "id:base64" of which the first is current',
    fallback: absent,
    fromFile: true,
    parse: (text) => parseKeyring(text) ?? undefined,
  },
  CREDENTIALS_AWS_REGION: { accepts: 'an AWS region such as eu-central-1', fallback: absent, parse: (text) => (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text) ? text : undefined) },
  CREDENTIALS_AWS_PREFIX: { accepts: 'letters, digits and /_+.@- (at most 100), with which the names of secrets begin', fallback: { value: 'tidemark/' }, parse: (text) => (/^[A-Za-z0-9/_+.@-]{1,100}$/.test(text) ? text : undefined) },
  CREDENTIALS_AWS_ENDPOINT: address(/^https?:\/\//, 'an address that begins with http:// or https://'),
  CREDENTIALS_AWS_KMS_KEY: { accepts: 'the id, ARN or alias of a KMS key', fallback: absent, parse: (text) => text },
};

/** What is missing for the chosen store, in the words of a configuration error; empty where nothing is. */
export function credentialSettingProblems(settings: CredentialSettings): string[] {
  const { CREDENTIALS_STORE: store, CREDENTIALS_PG_URL: url, CREDENTIALS_KEY: key, CREDENTIALS_AWS_REGION: region } = settings;
  if (store === 'aws') return region ? [] : ['CREDENTIALS_AWS_REGION is required with CREDENTIALS_STORE=aws: set it to an AWS region such as eu-central-1'];
  return [
    ...(url ? [] : ['CREDENTIALS_PG_URL is required with CREDENTIALS_STORE=postgres: set it to the address of the credentials database']),
    ...(key ? [] : [`CREDENTIALS_KEY is required with CREDENTIALS_STORE=postgres: set it to ${credentialSettings.CREDENTIALS_KEY.accepts}, or CREDENTIALS_KEY_FILE to a file that holds it`]),
  ];
}

/** @param application shown by Postgres as application_name */
export async function openCredentialStore(settings: CredentialSettings, application: string): Promise<CredentialStore> {
  const problems = credentialSettingProblems(settings);
  if (problems.length > 0) throw new Error(problems.join('; '));
  if (settings.CREDENTIALS_STORE === 'aws') {
    const { openAwsCredentialStore } = await import('./aws/aws-credential-store.js');
    const { CREDENTIALS_AWS_REGION: region = '', CREDENTIALS_AWS_PREFIX: prefix, CREDENTIALS_AWS_ENDPOINT: endpoint, CREDENTIALS_AWS_KMS_KEY: kmsKeyId } = settings;
    return openAwsCredentialStore({ region, prefix, ...(endpoint ? { endpoint } : {}), ...(kmsKeyId ? { kmsKeyId } : {}) });
  }
  const database = await openDatabase({ url: settings.CREDENTIALS_PG_URL as string, application, poolSize: 4 });
  return new PostgresCredentialStore(database, settings.CREDENTIALS_KEY as Keyring);
}
