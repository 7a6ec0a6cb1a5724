/**
 * Where account days are kept. Rows are only ever added: what a later run knows better stands beside it under a higher revision.
 *
 * - `account_day`: a row per account, day, revision and currency, for the months that are still open. An ordinary account has one
 *   currency, so one row a day. Partitions of a month are dropped once the month is compacted.
 * - `account_month`: a closed month of an account at a revision, whole, in one block of bytes (storage/month-block.ts).
 * - `history_open.open_from`: days before it are stored as blocks, from it on as rows; compaction moves it. Of days before `compacted_to`
 *   there are blocks only: it follows when the rows of a month are gone.
 *
 * The service's role may not update or delete days: it adds; `erase_history` and `drop_day_partition` are the two ways out.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const DAYS = `
  CREATE TABLE account_day (
    account_id uuid NOT NULL,
    day date NOT NULL,
    revision int NOT NULL,
    securities int NOT NULL,
    quality smallint NOT NULL,
    -- 0 reconstructed, 1 captured, 2 carried; 3: at this revision the day is no longer part of the history
    origin smallint NOT NULL,
    complete boolean NOT NULL,
    cost_known boolean NOT NULL,
    inflow_known boolean NOT NULL,
    outflow_known boolean NOT NULL,
    -- '' where the account holds nothing of any currency
    currency text NOT NULL,
    -- null: this currency is not listed
    value numeric,
    cash numeric,
    cost_basis numeric,
    inflow numeric,
    outflow numeric,
    -- ids of history_reason; null: none
    reasons int[],
    PRIMARY KEY (account_id, day, revision, currency)
  ) PARTITION BY RANGE (day);
  CREATE TABLE account_month (
    account_id uuid NOT NULL,
    month date NOT NULL,
    revision int NOT NULL,
    block bytea NOT NULL,
    PRIMARY KEY (account_id, month, revision)
  ) PARTITION BY RANGE (month);
  CREATE TABLE history_head (
    account_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    revision int NOT NULL DEFAULT 0,
    first_day date,
    last_day date,
    run_id uuid);
  CREATE INDEX history_head_user ON history_head (user_id);
  CREATE TABLE history_open (one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row), open_from date NOT NULL, compacted_to date NOT NULL);
  CREATE TABLE history_reason (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- all zeros: says nothing of an account, and is shared by all
    account_id uuid NOT NULL,
    code text NOT NULL,
    -- '' where it is about none
    asset text NOT NULL,
    detail text NOT NULL);
  CREATE UNIQUE INDEX history_reason_once ON history_reason (account_id, code, asset, md5(detail));
  CREATE TABLE external_flow (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL,
    day date NOT NULL,
    -- from the one revision on, before the other
    since_revision int NOT NULL,
    until_revision int,
    transaction_id uuid,
    kind text NOT NULL,
    transfer boolean NOT NULL,
    asset text,
    units numeric,
    currency text,
    amount numeric);
  CREATE INDEX external_flow_account ON external_flow (account_id, day);
  CREATE INDEX external_flow_transfer ON external_flow (account_id, day) WHERE transfer;`;

/** Functions name their schema and no other, so that nobody's table of the same name can stand in for ours. */
const PARTITIONS = (schema: string) => `
  -- Attached, not created in place: ATTACH lets readers and writers of the other partitions go on.
  CREATE FUNCTION ensure_history_partition(p_parent text, p_from date, p_to date) RETURNS void
  LANGUAGE plpgsql SET search_path = ${schema}, pg_temp AS $$
  DECLARE name text := p_parent || '_' || to_char(p_from, CASE p_parent WHEN 'account_day' THEN 'YYYY_MM' ELSE 'YYYY' END);
  BEGIN
    IF to_regclass(quote_ident(name)) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('tidemark.history.partition'));
    IF to_regclass(quote_ident(name)) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, p_parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', p_parent, name, p_from, p_to);
  END $$;
  REVOKE ALL ON FUNCTION ensure_history_partition FROM PUBLIC;

  CREATE FUNCTION ensure_day_partitions(p_from date, p_to date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    IF p_from < date '1970-01-01' OR p_to > date '2200-01-01' THEN RAISE EXCEPTION 'no history reaches from % to %', p_from, p_to; END IF;
    PERFORM ensure_history_partition('account_day', m::date, (m + interval '1 month')::date)
      FROM generate_series(date_trunc('month', p_from::timestamp), p_to::timestamp, interval '1 month') m;
  END $$;
  CREATE FUNCTION ensure_month_partitions(p_from date, p_to date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    IF p_from < date '1970-01-01' OR p_to > date '2200-01-01' THEN RAISE EXCEPTION 'no history reaches from % to %', p_from, p_to; END IF;
    PERFORM ensure_history_partition('account_month', y::date, (y + interval '1 year')::date)
      FROM generate_series(date_trunc('year', p_from::timestamp), p_to::timestamp, interval '1 year') y;
  END $$;
  REVOKE ALL ON FUNCTION ensure_day_partitions, ensure_month_partitions FROM PUBLIC;

  -- A month's rows go only where every one of them stands in a block.
  CREATE FUNCTION drop_day_partition(p_month date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp SET lock_timeout = '2s' AS $$
  DECLARE name text := 'account_day_' || to_char(p_month, 'YYYY_MM'); missing bigint;
  BEGIN
    IF to_regclass(quote_ident(name)) IS NULL THEN RETURN false; END IF;
    IF p_month >= (SELECT open_from FROM history_open) THEN RAISE EXCEPTION 'the month % is open', p_month; END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT DISTINCT account_id, revision FROM %I) d WHERE NOT EXISTS
      (SELECT 1 FROM account_month m WHERE m.account_id = d.account_id AND m.month = $1 AND m.revision = d.revision)', name) INTO missing USING p_month;
    IF missing > 0 THEN RAISE EXCEPTION '% accounts of % are not compacted', missing, p_month; END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN true;
  END $$;
  REVOKE ALL ON FUNCTION drop_day_partition FROM PUBLIC;`;

const GUARDS = (schema: string) => `
  CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'stored days are never updated: a change is a new revision' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER refuse_change BEFORE UPDATE ON account_month FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
  CREATE TRIGGER refuse_change BEFORE UPDATE ON account_day FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

  CREATE FUNCTION erase_history(p_accounts uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    DELETE FROM history_head WHERE account_id = ANY(p_accounts);
    DELETE FROM account_day WHERE account_id = ANY(p_accounts);
    DELETE FROM account_month WHERE account_id = ANY(p_accounts);
    DELETE FROM external_flow WHERE account_id = ANY(p_accounts);
    DELETE FROM history_reason WHERE account_id = ANY(p_accounts);
  END $$;
  REVOKE ALL ON FUNCTION erase_history FROM PUBLIC;`;

export class HistoryDays1763700060000 implements MigrationInterface {
  readonly name = 'HistoryDays1763700060000';

  async up(runner: QueryRunner): Promise<void> {
    const [{ schema }] = (await runner.query('SELECT quote_ident(current_schema()) AS schema')) as [{ schema: string }];
    await runner.query(DAYS);
    await runner.query(PARTITIONS(schema));
    await runner.query(GUARDS(schema));
    await grant(runner, 'SELECT, INSERT', 'account_day, account_month, history_reason');
    await grant(runner, 'SELECT, INSERT, UPDATE', 'history_head, history_open, external_flow');
    await grant(runner, 'EXECUTE', 'FUNCTION ensure_day_partitions, ensure_month_partitions, drop_day_partition, erase_history');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION erase_history, drop_day_partition, ensure_day_partitions, ensure_month_partitions, ensure_history_partition');
    await runner.query('DROP TABLE account_day, account_month, history_head, history_open, history_reason, external_flow; DROP FUNCTION refuse_history_change');
  }
}
