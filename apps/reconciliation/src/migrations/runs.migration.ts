/**
 * The service's own work: runs and their tasks, what each account's comparison found, discrepancies, and what each account is
 * compared from. None of it is a projection: it is written with the events that tell of it, and a rebuild leaves it alone.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const RUNS = `
  CREATE TABLE reconciliation_run (
    run_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    reason text NOT NULL,
    -- 'all', or the sorted ids of the accounts: of one scope one run is open at a time.
    scope text NOT NULL,
    account_ids uuid[],
    tolerance json NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'matched', 'discrepant', 'partial', 'failed')),
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    -- Counts of accounts, lines and discrepancies, once it has ended.
    counts json,
    error text);
  CREATE UNIQUE INDEX reconciliation_run_open ON reconciliation_run (user_id, scope) WHERE status IN ('queued', 'running');
  CREATE INDEX reconciliation_run_user ON reconciliation_run (user_id, requested_at, run_id);
  CREATE INDEX reconciliation_run_green ON reconciliation_run (finished_at) WHERE status = 'matched';
  -- One fetch: a connection with all of its accounts that were asked for, or one account that no provider is asked about.
  CREATE TABLE run_task (
    task_id uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES reconciliation_run ON DELETE CASCADE,
    user_id text NOT NULL,
    provider text NOT NULL,
    connection_id uuid,
    account_ids uuid[] NOT NULL,
    scheduled boolean NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done')),
    due_at timestamptz NOT NULL DEFAULT now(),
    attempt int NOT NULL DEFAULT 0,
    -- Raised each time a worker takes it: whoever holds an older one can write nothing.
    fence int NOT NULL DEFAULT 0,
    locked_by text,
    locked_until timestamptz,
    -- Why its provider could not be asked, as the report has it.
    failure json);
  CREATE INDEX run_task_run ON run_task (run_id);
  CREATE INDEX run_task_due ON run_task (provider, due_at) WHERE status <> 'done';
  CREATE INDEX run_task_connection ON run_task (connection_id) WHERE status = 'running';
  CREATE TABLE account_report (
    run_id uuid NOT NULL REFERENCES reconciliation_run ON DELETE CASCADE,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    result text NOT NULL CHECK (result IN ('matched', 'discrepant', 'stale', 'failed', 'skipped')),
    reason text,
    source text CHECK (source IN ('provider', 'statement')),
    basis json,
    actual_at timestamptz,
    lines json NOT NULL DEFAULT '[]',
    -- How many lines of each outcome, and how many discrepancies it opened, saw again and ended.
    outcomes json NOT NULL DEFAULT '{}',
    opened int NOT NULL DEFAULT 0,
    persisting int NOT NULL DEFAULT 0,
    resolved int NOT NULL DEFAULT 0,
    -- What explanations of its differences were looked for in, until the run ends and they are looked for once more.
    evidence json,
    PRIMARY KEY (run_id, account_id));
  CREATE INDEX account_report_account ON account_report (account_id);
  CREATE INDEX account_report_user ON account_report (user_id);
  -- When each user's next scheduled run is due.
  CREATE TABLE schedule_slot (
    user_id text PRIMARY KEY,
    next_at timestamptz NOT NULL);
  CREATE INDEX schedule_slot_next ON schedule_slot (next_at);`;

const FOUND = `
  CREATE TABLE discrepancy (
    discrepancy_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    account_id uuid NOT NULL,
    asset text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing_local', 'missing_remote', 'mismatch')),
    status text NOT NULL CHECK (status IN ('open', 'explained', 'persisting', 'resolved')),
    basis json NOT NULL,
    -- Decimals as they were computed: a numeric would write them in another way.
    expected text NOT NULL,
    actual text NOT NULL,
    difference text NOT NULL,
    divergence json,
    explanations json NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by uuid NOT NULL,
    last_seen_at timestamptz NOT NULL,
    last_seen_by uuid NOT NULL,
    times_seen int NOT NULL DEFAULT 1,
    resolved_at timestamptz,
    resolution text,
    resolved_by uuid,
    note text,
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)));
  CREATE INDEX discrepancy_user ON discrepancy (user_id, opened_at, discrepancy_id);
  CREATE INDEX discrepancy_account ON discrepancy (account_id);
  -- One of a kind at a time: what is seen again is the same.
  CREATE UNIQUE INDEX discrepancy_open ON discrepancy (account_id, asset) WHERE status <> 'resolved';
  -- The snapshot up to which a comparison found everything in agreement.
  CREATE TABLE settled_basis (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    snapshot_id uuid NOT NULL,
    settled_at timestamptz NOT NULL,
    run_id uuid NOT NULL);
  CREATE INDEX settled_basis_user ON settled_basis (user_id);
  -- Beyond what a basis states: differences that a person took the provider's word for, and (without a discrepancy) those that were within
  -- tolerance when the basis moved on, so that they add up to something that is seen.
  CREATE TABLE accepted_difference (
    acceptance_id uuid PRIMARY KEY,
    discrepancy_id uuid,
    user_id text NOT NULL,
    account_id uuid NOT NULL,
    asset text NOT NULL,
    basis_id uuid NOT NULL,
    quantity text NOT NULL);
  CREATE INDEX accepted_difference_account ON accepted_difference (account_id, basis_id);
  CREATE INDEX accepted_difference_user ON accepted_difference (user_id);`;

const ALL = 'reconciliation_run, run_task, account_report, schedule_slot, discrepancy, settled_basis, accepted_difference';

export class Runs1764000010000 implements MigrationInterface {
  readonly name = 'Runs1764000010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RUNS);
    await runner.query(FOUND);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', ALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${ALL}`);
  }
}
