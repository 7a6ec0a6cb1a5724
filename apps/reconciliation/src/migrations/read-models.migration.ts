/**
 * What this service knows of connections, accounts, snapshots and transactions: folds of the logs `connections` and `sync`, which can be
 * rebuilt. They are named without a schema, so that a rebuild can make them beside the live ones.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const LINKED = `
  CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid,
    provider text NOT NULL,
    -- What its provider calls it; null only of what was discovered without.
    provider_account_id text,
    -- The market's time zone that its days follow; null: New York.
    time_zone text,
    -- Whether its provider tells its transactions at all.
    transactions boolean NOT NULL DEFAULT true,
    -- The account as every service folds it: read whole, written whole.
    account json NOT NULL);
  CREATE INDEX account_user ON account (user_id);
  CREATE INDEX account_connection ON account (connection_id);
  CREATE TABLE linked_connection (
    connection_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    provider text,
    institution_name text,
    status text NOT NULL,
    provider_connection_id text,
    credential_ref text);
  CREATE INDEX linked_connection_user ON linked_connection (user_id);
  CREATE INDEX linked_connection_active ON linked_connection (connection_id) WHERE status IN ('active', 'degraded');
  -- What was erased, for ever: an event that comes after it, from the other log, finds the mark and is not stored.
  CREATE TABLE erasure (
    user_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('account', 'connection', 'user')),
    id text NOT NULL,
    PRIMARY KEY (user_id, kind, id));`;

const CAPTURED = `
  CREATE TABLE captured_snapshot (
    snapshot_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    connection_id uuid,
    currency text NOT NULL,
    captured_at timestamptz NOT NULL,
    -- The provider's own word on how fresh its data was.
    provider_as_of timestamptz,
    -- Asset, quantity and name of each line.
    lines json NOT NULL,
    epoch int NOT NULL,
    position bigint NOT NULL);
  CREATE INDEX captured_snapshot_account ON captured_snapshot (account_id, captured_at, epoch, position);
  CREATE INDEX captured_snapshot_user ON captured_snapshot (user_id);
  CREATE INDEX captured_snapshot_connection ON captured_snapshot (connection_id);
  CREATE TABLE account_transaction (
    transaction_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    -- The provider's id, or what stands for it: what is fetched anew is the same transaction where this is the same.
    identity text NOT NULL,
    day date NOT NULL,
    -- When the provider took it back; what was compared from may hold it still.
    withdrawn_at timestamptz,
    -- When it was first recorded: one that is dated earlier came late.
    recorded_at timestamptz NOT NULL,
    recorded json NOT NULL);
  CREATE INDEX account_transaction_account ON account_transaction (account_id, day);
  CREATE INDEX account_transaction_user ON account_transaction (user_id);
  CREATE INDEX account_transaction_connection ON account_transaction (connection_id);`;

const ALL = 'account, linked_connection, erasure, captured_snapshot, account_transaction';

export class ReadModels1764000000000 implements MigrationInterface {
  readonly name = 'ReadModels1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LINKED);
    await runner.query(CAPTURED);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', ALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${ALL}`);
  }
}
