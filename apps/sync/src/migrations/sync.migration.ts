/**
 * Tables of the sync service beside its log. `linked_connection`, `known_account` and `refresh_cost` are read models and can be
 * rebuilt; the others are the service's own work: what is to be done, what was done, what is known of transactions.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ_MODELS = `
  CREATE TABLE linked_connection (
    connection_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    provider text,
    institution_id text,
    institution_name text,
    status text NOT NULL DEFAULT 'pending',
    provider_connection_id text,
    credential_ref text,
    linked_at timestamptz);
  CREATE INDEX linked_connection_user ON linked_connection (user_id);
  CREATE INDEX linked_connection_provider ON linked_connection (provider, provider_connection_id);
  CREATE TABLE known_account (
    account_id uuid PRIMARY KEY,
    connection_id uuid NOT NULL,
    user_id text NOT NULL,
    provider text,
    provider_account_id text,
    currency text,
    status text NOT NULL DEFAULT 'active');
  CREATE INDEX known_account_connection ON known_account (connection_id);
  CREATE INDEX known_account_provider ON known_account (provider, provider_account_id);
  CREATE INDEX known_account_user ON known_account (user_id);
  CREATE TABLE refresh_cost (
    sync_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    month text NOT NULL,
    amount numeric NOT NULL,
    currency text NOT NULL,
    billed boolean);
  CREATE INDEX refresh_cost_user ON refresh_cost (user_id, month);`;

const JOBS = `
  CREATE TABLE sync_job (
    sync_id uuid PRIMARY KEY,
    connection_id uuid NOT NULL,
    user_id text NOT NULL,
    provider text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'failed')),
    attempt int NOT NULL DEFAULT 0,
    fence int NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    locked_by text,
    locked_until timestamptz,
    -- A request that came while this one was running and that it may have missed: sync once more, for this reason.
    again text,
    -- reserved: to be asked for; asked: perhaps billed; settled: known.
    refresh_state text CHECK (refresh_state IN ('reserved', 'asked', 'settled')),
    refresh_cost jsonb,
    accounts int NOT NULL DEFAULT 0,
    snapshots int NOT NULL DEFAULT 0,
    transactions int NOT NULL DEFAULT 0,
    steps jsonb NOT NULL DEFAULT '[]',
    error jsonb);
  -- One open sync a connection, whoever asks and on whichever replica: a second request finds this and joins.
  CREATE UNIQUE INDEX sync_job_open ON sync_job (connection_id) WHERE status IN ('queued', 'running');
  CREATE INDEX sync_job_due ON sync_job (provider, next_attempt_at) WHERE status IN ('queued', 'running');
  CREATE INDEX sync_job_user ON sync_job (user_id);
  CREATE INDEX sync_job_finished ON sync_job (finished_at) WHERE status IN ('completed', 'failed');
  -- A sync id that was promised to somebody before it was known that it would join another.
  CREATE TABLE sync_alias (sync_id uuid PRIMARY KEY, job_id uuid NOT NULL REFERENCES sync_job ON DELETE CASCADE);
  CREATE INDEX sync_alias_job ON sync_alias (job_id);
  CREATE TABLE connection_sync (
    connection_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    -- When the newest successful sync began and ended.
    good_started_at timestamptz,
    good_finished_at timestamptz,
    next_scheduled_at timestamptz,
    -- relink or final: nothing is scheduled until the connection is restored.
    blocked text,
    -- Transactions of these accounts are known through this day.
    known_through date,
    known_accounts uuid[] NOT NULL DEFAULT '{}',
    -- The provider said that it has older transactions now: ask for the whole range once more.
    whole_wanted boolean NOT NULL DEFAULT false,
    cursor text,
    -- The provider's link that the cursor belongs to.
    cursor_of text);
  CREATE INDEX connection_sync_due ON connection_sync (next_scheduled_at) WHERE blocked IS NULL;`;

const TRANSACTIONS = `
  CREATE TABLE known_transaction (
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    identity text NOT NULL,
    transaction_id uuid NOT NULL,
    content uuid NOT NULL,
    date date NOT NULL,
    withdrawn boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, identity));
  CREATE INDEX known_transaction_user ON known_transaction (user_id);
  CREATE INDEX known_transaction_date ON known_transaction (account_id, date);
  -- Every verified webhook, those of unknown connections too; the id is derived from the provider's own, so a repeat finds it here.
  CREATE TABLE webhook_inbox (
    webhook_id uuid PRIMARY KEY,
    provider text NOT NULL,
    kind text NOT NULL,
    action text NOT NULL,
    user_id text,
    connection_id uuid,
    received_at timestamptz NOT NULL,
    sent_at timestamptz,
    body jsonb NOT NULL);
  CREATE INDEX webhook_inbox_received ON webhook_inbox (received_at);`;

const ALL = 'linked_connection, known_account, refresh_cost, sync_job, sync_alias, connection_sync, known_transaction, webhook_inbox';

export class Sync1763700010000 implements MigrationInterface {
  readonly name = 'Sync1763700010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ_MODELS);
    await runner.query(JOBS);
    await runner.query(TRANSACTIONS);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', ALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${ALL} CASCADE`);
  }
}
