/** One table, in a database of its own. Connections may read and write it; readers (sync) are granted SELECT by `prepareCredentialDatabase`. */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Credentials1763700000003 implements MigrationInterface {
  readonly name = 'Credentials1763700000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credential (
        ref text PRIMARY KEY,
        user_id text NOT NULL,
        key_id text NOT NULL,
        wrapped_key bytea NOT NULL,
        payload bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query('CREATE INDEX credential_user ON credential (user_id)');
    await runner.query('CREATE INDEX credential_key ON credential (key_id, ref)');
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'credential');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE credential');
  }
}
