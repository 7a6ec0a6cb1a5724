/** Where each projection stands, what it could not apply, and who works on what. Only `position` in a checkpoint row is the truth. */
import { grant, leaseTables } from '@tidemark/postgres';
import type { MigrationClass } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  CREATE SCHEMA projection;
  CREATE TABLE projection.checkpoint (
    projection text NOT NULL, log text NOT NULL, partition int NOT NULL,
    epoch int NOT NULL DEFAULT 1, position bigint NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, log, partition));
  CREATE TABLE projection.parked (
    projection text NOT NULL, key text NOT NULL, log text NOT NULL, epoch int NOT NULL, partition int NOT NULL, position bigint NOT NULL,
    event json NOT NULL, error text NOT NULL, attempts int NOT NULL DEFAULT 0, parked_at timestamptz NOT NULL DEFAULT now(), next_attempt_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, log, epoch, partition, position));
  CREATE INDEX parked_key ON projection.parked (projection, key);
  CREATE TABLE projection.discarded (
    projection text NOT NULL, key text NOT NULL, log text NOT NULL, epoch int NOT NULL, partition int NOT NULL, position bigint NOT NULL,
    event json NOT NULL, error text NOT NULL, discarded_at timestamptz NOT NULL DEFAULT now(), reason text NOT NULL,
    PRIMARY KEY (projection, log, epoch, partition, position));`;

export function projectionsMigration(): MigrationClass {
  return Projections1763700000002;
}

class Projections1763700000002 implements MigrationInterface {
  readonly name = 'Projections1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(leaseTables('projection'));
    await grant(runner, 'USAGE', 'SCHEMA projection');
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'projection.checkpoint, projection.parked, projection.lease, projection.lease_member');
    await grant(runner, 'SELECT, INSERT', 'projection.discarded');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA projection CASCADE');
  }
}
