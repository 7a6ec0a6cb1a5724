/** Credentials in a Postgres of their own, each sealed in its own envelope. */
import type { Database } from '@tidemark/postgres';
import { fromContent, toContent } from '../content.js';
import type { CredentialStore, NewCredential, Secret, StoredCredential } from '../credential-store.js';
import { open, rewrap, seal } from '../envelope.js';
import type { Sealed } from '../envelope.js';
import type { Keyring } from '../keyring.js';

interface Row {
  readonly ref: string;
  readonly user_id: string;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
  readonly payload: Buffer;
}

const BATCH = 200;

export class PostgresCredentialStore implements CredentialStore {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  async put(credential: NewCredential): Promise<void> {
    await this.write(credential, `ON CONFLICT (ref) DO UPDATE SET user_id = excluded.user_id, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, payload = excluded.payload, updated_at = now()`);
  }

  async create(credential: NewCredential): Promise<boolean> {
    return (await this.write(credential, 'ON CONFLICT (ref) DO NOTHING')) > 0;
  }

  async get(ref: string): Promise<Secret | null> {
    return (await this.read(ref))?.secret ?? null;
  }

  async read(ref: string): Promise<StoredCredential | null> {
    const { rows } = await this.database.query<Row>('SELECT ref, user_id, key_id, wrapped_key, payload FROM credential WHERE ref = $1', [ref]);
    const row = rows[0];
    if (!row) return null;
    const userId = row.user_id;
    return { ref, userId, ...fromContent(ref, open(this.keyring, { ref, userId }, sealedOf(row)).toString('utf8')) };
  }

  async destroy(ref: string): Promise<boolean> {
    return (await this.database.query('DELETE FROM credential WHERE ref = $1', [ref])).rowCount > 0;
  }

  async refsOfUser(userId: string): Promise<string[]> {
    const { rows } = await this.database.query<{ ref: string }>('SELECT ref FROM credential WHERE user_id = $1 ORDER BY ref', [userId]);
    return rows.map((row) => row.ref);
  }

  async rotate(): Promise<number> {
    let sealed = 0;
    for (let done = await this.rotateBatch(); done > 0; done = await this.rotateBatch()) sealed += done;
    return sealed;
  }

  async check(): Promise<void> {
    await this.database.query('SELECT 1 FROM credential LIMIT 1');
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async write({ ref, userId, secret, note }: NewCredential, onConflict: string): Promise<number> {
    const { keyId, wrappedKey, payload } = seal(this.keyring, { ref, userId }, Buffer.from(toContent({ secret, note })));
    const { rowCount } = await this.database.query(`INSERT INTO credential (ref, user_id, key_id, wrapped_key, payload) VALUES ($1, $2, $3, $4, $5) ${onConflict}`, [ref, userId, keyId, wrappedKey, payload]);
    return rowCount;
  }

  private rotateBatch(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Row>('SELECT ref, user_id, key_id, wrapped_key, payload FROM credential WHERE key_id <> $1 ORDER BY ref LIMIT $2 FOR UPDATE', [this.keyring.current, BATCH]);
      for (const row of rows) {
        const { keyId, wrappedKey } = rewrap(this.keyring, { ref: row.ref, userId: row.user_id }, sealedOf(row));
        await tx.query('UPDATE credential SET key_id = $2, wrapped_key = $3, updated_at = now() WHERE ref = $1', [row.ref, keyId, wrappedKey]);
      }
      return rows.length;
    });
  }
}

function sealedOf(row: Row): Sealed {
  return { keyId: row.key_id, wrappedKey: row.wrapped_key, payload: row.payload };
}
