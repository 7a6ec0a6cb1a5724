/**
 * Tables of this service beside its log. Rules, their state and alerts are the service's own and are never rebuilt. What it knows of
 * accounts, connections, snapshots and rates are read models; nothing is raised because one of them is folded anew.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const RULES = `
  CREATE TABLE alert_rule (
    rule_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    -- Of the user's events in every log.
    partition int NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    condition json NOT NULL,
    deliveries json NOT NULL,
    hysteresis text NOT NULL,
    quiet_seconds int NOT NULL,
    enabled boolean NOT NULL,
    muted_until timestamptz,
    -- Events that were recorded before it never make the rule true.
    since timestamptz NOT NULL,
    problem text,
    last_evaluated_at timestamptz,
    last_raised_at timestamptz,
    -- The same, forgotten when the rule is armed anew: quiet is counted from here.
    quiet_from timestamptz,
    -- The last event that changed its state, in the one log that its kind listens to: what comes again is known by it.
    seen_epoch int NOT NULL DEFAULT 0,
    seen_position bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL)
    -- Judging changes no index: room for it in the page saves writing them.
    WITH (fillfactor = 70);
  CREATE INDEX alert_rule_user ON alert_rule (user_id, created_at DESC, rule_id DESC);
  CREATE INDEX alert_rule_kind ON alert_rule (user_id, kind) WHERE enabled;
  CREATE INDEX alert_rule_stale ON alert_rule (partition) WHERE enabled AND kind = 'stale_account';
  -- What a rule has seen of each thing that it watches (an account, a connection; '' of the whole portfolio). No row: armed.
  CREATE TABLE rule_level (
    rule_id uuid NOT NULL REFERENCES alert_rule (rule_id) ON DELETE CASCADE,
    subject text NOT NULL,
    raised boolean NOT NULL DEFAULT false,
    failures int NOT NULL DEFAULT 0,
    sync_id uuid,
    -- Identities of pending transactions that were told, at most a hundred.
    told json NOT NULL DEFAULT '[]',
    period text,
    -- True, and not told because the rule is quiet: told at pending_at unless it is over by then.
    pending json,
    pending_at timestamptz,
    PRIMARY KEY (rule_id, subject))
    WITH (fillfactor = 70);
  CREATE INDEX rule_level_pending ON rule_level (pending_at) WHERE pending_at IS NOT NULL;
  CREATE TABLE rule_secret (
    rule_id uuid PRIMARY KEY REFERENCES alert_rule (rule_id) ON DELETE CASCADE,
    user_id text NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    payload bytea NOT NULL);`;

const ALERTS = `
  CREATE TABLE alert (
    alert_id uuid PRIMARY KEY,
    rule_id uuid NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    account_id uuid,
    connection_id uuid,
    raised_at timestamptz NOT NULL,
    cause json NOT NULL,
    message text NOT NULL,
    figures json NOT NULL,
    muted boolean NOT NULL,
    acknowledged_at timestamptz,
    note text);
  CREATE INDEX alert_user ON alert (user_id, raised_at DESC, alert_id DESC);
  CREATE INDEX alert_rule_alerts ON alert (rule_id, raised_at DESC, alert_id DESC);
  -- Users whose figures are to be asked for: one row each, whatever number of events made it due.
  CREATE TABLE due_user (
    user_id text PRIMARY KEY,
    due_at timestamptz NOT NULL,
    cause json NOT NULL,
    -- When the newest of them was recorded.
    recorded_at timestamptz NOT NULL,
    -- What the answers must have seen: {"log:epoch:partition": position}.
    positions jsonb NOT NULL,
    version int NOT NULL DEFAULT 1,
    attempts int NOT NULL DEFAULT 0,
    locked_until timestamptz);
  CREATE INDEX due_user_at ON due_user (due_at);`;

const READ_MODELS = `
  CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid,
    account json NOT NULL,
    -- Closed or disconnected: nothing new comes of it.
    gone boolean NOT NULL,
    discovered_at timestamptz NOT NULL);
  CREATE INDEX account_user ON account (user_id);
  CREATE INDEX account_connection ON account (connection_id);
  CREATE TABLE connection (
    connection_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    name text NOT NULL,
    removed boolean NOT NULL);
  CREATE INDEX connection_user ON connection (user_id);
  CREATE TABLE last_snapshot (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    connection_id uuid,
    recorded_at timestamptz NOT NULL);
  CREATE INDEX last_snapshot_user ON last_snapshot (user_id);
  CREATE INDEX last_snapshot_connection ON last_snapshot (connection_id);
  -- What was erased, for ever: an event that comes after it, from the other log, finds the mark and is not stored.
  CREATE TABLE erasure (
    user_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('account', 'connection', 'user')),
    id text NOT NULL,
    PRIMARY KEY (user_id, kind, id));
  -- Dollars for one unit of a currency, as observed on a day.
  CREATE TABLE fx_close (
    currency text NOT NULL,
    day date NOT NULL,
    close numeric NOT NULL,
    PRIMARY KEY (currency, day));`;

const TABLES = 'alert_rule, rule_level, rule_secret, alert, due_user, account, connection, last_snapshot, erasure, fx_close';

export class Alerts1763950010000 implements MigrationInterface {
  readonly name = 'Alerts1763950010000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [RULES, ALERTS, READ_MODELS]) await runner.query(sql);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES} CASCADE`);
  }
}
