/**
 * Credentials in AWS Secrets Manager, through its official SDK. AWS encrypts (with the KMS key of the account or the one configured)
 * and rotates that key, so there is no envelope of ours. The SDK is loaded only when this store is used: it is large.
 */
import type { SecretsManagerClient, Tag } from '@aws-sdk/client-secrets-manager';
import { fromContent, toContent } from '../content.js';
import type { CredentialStore, NewCredential, Secret, StoredCredential } from '../credential-store.js';
import { fromSecretName, toSecretName, userTag } from './secret-name.js';

type Sdk = typeof import('@aws-sdk/client-secrets-manager');

export interface AwsStoreOptions {
  readonly region: string;
  /** Every name begins with it, so that one account can hold several installations. */
  readonly prefix: string;
  readonly kmsKeyId?: string;
  /** Another address than AWS's own, such as a VPC endpoint. */
  readonly endpoint?: string;
  /** Where absent, the SDK's own chain (environment, web identity, instance role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const TAG = 'tidemark-user';

export async function openAwsCredentialStore(options: AwsStoreOptions): Promise<CredentialStore> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const { region, endpoint, credentials } = options;
  const client = new sdk.SecretsManagerClient({ region, maxAttempts: 4, ...(endpoint ? { endpoint } : {}), ...(credentials ? { credentials } : {}) });
  return new AwsCredentialStore(sdk, client, options);
}

class AwsCredentialStore implements CredentialStore {
  constructor(
    private readonly sdk: Sdk,
    private readonly client: SecretsManagerClient,
    private readonly options: AwsStoreOptions,
  ) {}

  async put(credential: NewCredential): Promise<void> {
    if (await this.create(credential)) return;
    const SecretId = this.name(credential.ref);
    try {
      await this.replace(SecretId, credential);
    } catch (error) {
      // Deleted by hand with a recovery window: the name is taken until it is restored.
      if (!(error instanceof this.sdk.InvalidRequestException)) throw error;
      await this.client.send(new this.sdk.RestoreSecretCommand({ SecretId }));
      await this.replace(SecretId, credential);
    }
  }

  async create({ ref, userId, secret, note }: NewCredential): Promise<boolean> {
    const { kmsKeyId } = this.options;
    try {
      await this.client.send(
        new this.sdk.CreateSecretCommand({ Name: this.name(ref), SecretString: withUser(userId, { secret, note }), Tags: tagsOf(userId), ...(kmsKeyId ? { KmsKeyId: kmsKeyId } : {}) }),
      );
      return true;
    } catch (error) {
      if (error instanceof this.sdk.ResourceExistsException || isScheduledForDeletion(error)) return false;
      throw error;
    }
  }

  async get(ref: string): Promise<Secret | null> {
    return (await this.read(ref))?.secret ?? null;
  }

  async read(ref: string): Promise<StoredCredential | null> {
    try {
      const { SecretString } = await this.client.send(new this.sdk.GetSecretValueCommand({ SecretId: this.name(ref) }));
      const { secret, note } = fromContent(ref, SecretString ?? '');
      const kept = note as { userId: string; note: unknown };
      return { ref, userId: kept.userId, secret, note: kept.note };
    } catch (error) {
      if (this.isGone(error)) return null;
      throw error;
    }
  }

  async destroy(ref: string): Promise<boolean> {
    try {
      await this.client.send(new this.sdk.DeleteSecretCommand({ SecretId: this.name(ref), ForceDeleteWithoutRecovery: true }));
      return true;
    } catch (error) {
      if (this.isGone(error)) return false;
      throw error;
    }
  }

  async refsOfUser(userId: string): Promise<string[]> {
    const refs: string[] = [];
    const pages = this.sdk.paginateListSecrets({ client: this.client }, { Filters: [{ Key: 'tag-value', Values: [userTag(userId)] }] });
    for await (const page of pages) {
      for (const { Name } of page.SecretList ?? []) {
        const ref = fromSecretName(this.options.prefix, Name ?? '');
        if (ref !== null) refs.push(ref);
      }
    }
    return refs.sort();
  }

  /** KMS rotates its own keys and opens what earlier ones sealed. */
  rotate(): Promise<number> {
    return Promise.resolve(0);
  }

  async check(): Promise<void> {
    await this.client.send(new this.sdk.ListSecretsCommand({ MaxResults: 1 }));
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }

  private name(ref: string): string {
    return toSecretName(this.options.prefix, ref);
  }

  private async replace(SecretId: string, { userId, secret, note }: NewCredential): Promise<void> {
    await this.client.send(new this.sdk.PutSecretValueCommand({ SecretId, SecretString: withUser(userId, { secret, note }) }));
  }

  private isGone(error: unknown): boolean {
    return error instanceof this.sdk.ResourceNotFoundException || isScheduledForDeletion(error);
  }
}

/** The user goes inside: a tag is only a hash. */
function withUser(userId: string, { secret, note }: Pick<NewCredential, 'secret' | 'note'>): string {
  return toContent({ secret, note: { userId, note: note ?? null } });
}

function tagsOf(userId: string): Tag[] {
  return [{ Key: TAG, Value: userTag(userId) }];
}

function isScheduledForDeletion(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidRequestException' && /deletion|marked as deleted/i.test(error.message);
}
