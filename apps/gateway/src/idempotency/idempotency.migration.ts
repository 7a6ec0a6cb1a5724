import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from '@tidemark/postgres';

export class IdempotentRequests1763700000000 implements MigrationInterface {
  readonly name = 'IdempotentRequests1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotent_request (
        user_id text NOT NULL,
        key text NOT NULL,
        route text NOT NULL,
        input_hash bytea NOT NULL,
        runner text NOT NULL,
        locked_until timestamptz NOT NULL,
        answer bytea,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, key))`);
    await runner.query('CREATE INDEX idempotent_request_expires_at ON idempotent_request (expires_at)');
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'idempotent_request');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotent_request');
  }
}
