/**
 * Tables of this service beside its log, its prices and its days. The read models fold the logs `connections` and `sync` and can be
 * rebuilt; they are named without a schema, so that a rebuild can make them beside the live ones. `reconstruction` is the service's
 * own work: what is to be computed, what was, and with what doubts.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ACCOUNTS = `
  CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid,
    institution_id text,
    institution_name text,
    provider text NOT NULL,
    name text NOT NULL,
    display_name text,
    type text NOT NULL,
    subtype text,
    mask text,
    currency text,
    trading boolean NOT NULL,
    -- The market's time zone that its days follow; null: New York.
    time_zone text,
    -- Whether its provider tells its transactions at all; without them nothing before the first snapshot is known.
    transactions boolean NOT NULL DEFAULT true,
    changes json NOT NULL);
  CREATE INDEX account_user ON account (user_id);
  CREATE INDEX account_connection ON account (connection_id);
  CREATE TABLE user_settings (
    user_id text PRIMARY KEY,
    base_currency text NOT NULL,
    time_zone text NOT NULL);
  -- What was erased, for ever: an event that comes after it, from the other log, finds the mark and is not stored.
  CREATE TABLE erasure (
    user_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('account', 'connection', 'user')),
    id text NOT NULL,
    PRIMARY KEY (user_id, kind, id));`;

const SNAPSHOTS = `
  CREATE TABLE captured_snapshot (
    snapshot_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    connection_id uuid,
    sync_id uuid,
    provider text NOT NULL,
    currency text NOT NULL,
    captured_at timestamptz NOT NULL,
    total_balance numeric,
    lines json NOT NULL,
    epoch int NOT NULL,
    position bigint NOT NULL);
  CREATE INDEX captured_snapshot_account ON captured_snapshot (account_id, captured_at, epoch, position);
  CREATE INDEX captured_snapshot_user ON captured_snapshot (user_id);
  CREATE INDEX captured_snapshot_connection ON captured_snapshot (connection_id);
  -- The newest snapshot of each account; its lines are the rows of holding.
  CREATE TABLE held_snapshot (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid,
    snapshot_id uuid NOT NULL,
    currency text NOT NULL,
    captured_at timestamptz NOT NULL,
    epoch int NOT NULL,
    position bigint NOT NULL);
  CREATE INDEX held_snapshot_user ON held_snapshot (user_id);
  CREATE INDEX held_snapshot_connection ON held_snapshot (connection_id);
  CREATE TABLE holding (
    account_id uuid NOT NULL,
    -- Its place in the snapshot: one asset may stand in several lines.
    line int NOT NULL,
    asset text NOT NULL,
    quantity numeric NOT NULL,
    -- What one unit of quantity stands for; 100 for a contract counted in contracts.
    multiplier numeric NOT NULL,
    -- Of the price; the account's where the line names none.
    currency text NOT NULL,
    -- What the account itself was told, per unit of quantity × multiplier, and as of when.
    price numeric,
    price_at timestamptz,
    cost_basis numeric,
    -- Part of the account's cash already: shown, in no sum.
    counted_as_cash boolean NOT NULL,
    PRIMARY KEY (account_id, line));
  CREATE INDEX holding_asset ON holding (asset);`;

const TRANSACTIONS = `
  CREATE TABLE account_transaction (
    transaction_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    at timestamptz,
    asset text,
    units numeric,
    cash numeric,
    currency text,
    external boolean NOT NULL,
    pending boolean NOT NULL,
    -- The rules did not know what the provider's word means.
    unknown boolean NOT NULL,
    withdrawn boolean NOT NULL DEFAULT false,
    -- The rules (their fingerprint) that made the columns above and normalised out of recorded.
    rules text NOT NULL,
    -- As the engine reads it, whole: one document is parsed many times faster than a row of twenty columns.
    normalised json NOT NULL,
    -- As the event has it, the provider's original included.
    recorded json NOT NULL);
  CREATE INDEX account_transaction_account ON account_transaction (account_id, day);
  CREATE INDEX account_transaction_user ON account_transaction (user_id, day);
  CREATE INDEX account_transaction_connection ON account_transaction (connection_id);
  CREATE INDEX account_transaction_rules ON account_transaction (rules);
  CREATE INDEX account_transaction_unknown ON account_transaction (account_id) WHERE unknown AND NOT withdrawn;`;

const RECONSTRUCTION = `
  CREATE TABLE reconstruction (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    run_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'waiting_for_prices', 'running', 'completed', 'failed')),
    cause text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    -- Not before: what gathers while a sync runs, what waits for prices, what failed and is tried again.
    due_at timestamptz NOT NULL DEFAULT now(),
    -- The sync whose end makes it due.
    sync_id uuid,
    -- What the read models must have seen of each log first: [epoch, partition, position], which jsonb compares in this order.
    wanted_sync jsonb,
    wanted_connections jsonb,
    -- A request that came while this was running and that it may have missed: once more, for this reason.
    again jsonb,
    attempt int NOT NULL DEFAULT 0,
    -- Raised each time a worker takes it: whoever holds an older one can write nothing.
    fence int NOT NULL DEFAULT 0,
    locked_by text,
    locked_until timestamptz,
    prices_since timestamptz,
    stage text NOT NULL DEFAULT 'queued',
    done int NOT NULL DEFAULT 0,
    total int NOT NULL DEFAULT 0,
    -- What the last finished run found.
    revision int NOT NULL DEFAULT 0,
    result_at timestamptz,
    -- Fingerprint of the snapshots that the computed days rest on.
    rests_on text,
    from_day date,
    to_day date,
    -- Symbols that were used, and assets and symbols whose price was missing: whom a new price or mapping concerns.
    symbols text[] NOT NULL DEFAULT '{}',
    missing text[] NOT NULL DEFAULT '{}',
    adjustments json,
    unpriced json,
    invariant json,
    quality json,
    error text);
  CREATE INDEX reconstruction_due ON reconstruction (due_at) WHERE status IN ('queued', 'waiting_for_prices', 'running');
  CREATE INDEX reconstruction_sync ON reconstruction (sync_id) WHERE sync_id IS NOT NULL;
  CREATE INDEX reconstruction_user ON reconstruction (user_id);
  CREATE INDEX reconstruction_symbols ON reconstruction USING gin (symbols);
  CREATE INDEX reconstruction_missing ON reconstruction USING gin (missing);`;

const ALL = 'account, user_settings, erasure, captured_snapshot, held_snapshot, holding, account_transaction, reconstruction';

export class History1763700020000 implements MigrationInterface {
  readonly name = 'History1763700020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACCOUNTS);
    await runner.query(SNAPSHOTS);
    await runner.query(TRANSACTIONS);
    await runner.query(RECONSTRUCTION);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', ALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${ALL}`);
  }
}
