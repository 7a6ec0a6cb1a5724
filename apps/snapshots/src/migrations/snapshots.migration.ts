/**
 * The read models of this service. Tables are named without a schema, so that a rebuild can make them beside the live ones.
 *
 * A snapshot is immutable: the service's role may only read and add; triggers refuse everybody, the owner included, to change one
 * or to cut the table off; and a row goes only where its account, connection or user is marked as erased, which `erase_snapshots` does.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SNAPSHOT = `
  CREATE TABLE balance_snapshot (
    snapshot_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    connection_id uuid,
    provider text NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    captured_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    provider_as_of timestamptz,
    total_balance numeric,
    total_available numeric,
    total_holdings numeric,
    total_cash numeric,
    balances json NOT NULL,
    provider_metadata json NOT NULL,
    epoch int NOT NULL,
    position bigint NOT NULL);
  CREATE INDEX balance_snapshot_account ON balance_snapshot (account_id);
  CREATE INDEX balance_snapshot_captured ON balance_snapshot (captured_at);
  CREATE INDEX balance_snapshot_source ON balance_snapshot (source);
  CREATE INDEX balance_snapshot_user ON balance_snapshot (user_id);
  CREATE INDEX balance_snapshot_latest ON balance_snapshot (account_id, captured_at DESC, epoch DESC, position DESC);
  CREATE TABLE erasure (
    user_id text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    PRIMARY KEY (user_id, kind, id));`;

const ACCOUNT = `
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
    changes json NOT NULL);
  CREATE INDEX account_user ON account (user_id);
  CREATE INDEX account_connection ON account (connection_id);
  CREATE TABLE user_settings (
    user_id text PRIMARY KEY,
    base_currency text NOT NULL,
    time_zone text NOT NULL);`;

/** Functions name their schema and no other, so that nobody's table of the same name can stand in for ours. */
const IMMUTABLE = (schema: string) => `
  CREATE FUNCTION refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN
      IF EXISTS (SELECT 1 FROM erasure e WHERE e.user_id = OLD.user_id AND (e.kind, e.id) IN
          (('account', OLD.account_id::text), ('connection', OLD.connection_id::text), ('user', OLD.user_id))) THEN
        RETURN OLD;
      END IF;
    END IF;
    RAISE EXCEPTION 'snapshots are immutable: % on balance_snapshot is refused', TG_OP USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON balance_snapshot FOR EACH ROW EXECUTE FUNCTION refuse_snapshot_change();
  CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON balance_snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_snapshot_change();

  -- The lock waits for snapshots that are just being stored and keeps others out until the marks can be seen: none slips between.
  CREATE FUNCTION erase_snapshots(p_user text[], p_kind text[], p_id text[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
  BEGIN
    LOCK TABLE balance_snapshot IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO erasure (user_id, kind, id) SELECT * FROM unnest(p_user, p_kind, p_id) ON CONFLICT DO NOTHING;
    DELETE FROM balance_snapshot s USING unnest(p_user, p_kind, p_id) AS e(user_id, kind, id)
      WHERE s.user_id = e.user_id
        AND CASE e.kind WHEN 'account' THEN s.account_id::text = e.id WHEN 'connection' THEN s.connection_id::text = e.id ELSE e.kind = 'user' END;
  END $$;
  REVOKE ALL ON FUNCTION erase_snapshots FROM PUBLIC;`;

export class Snapshots1763700001000 implements MigrationInterface {
  readonly name = 'Snapshots1763700001000';

  async up(runner: QueryRunner): Promise<void> {
    const [{ schema }] = (await runner.query('SELECT quote_ident(current_schema()) AS schema')) as [{ schema: string }];
    await runner.query(SNAPSHOT);
    await runner.query(ACCOUNT);
    await runner.query(IMMUTABLE(schema));
    await grant(runner, 'SELECT, INSERT', 'balance_snapshot');
    await grant(runner, 'SELECT', 'erasure');
    await grant(runner, 'EXECUTE', 'FUNCTION erase_snapshots');
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'account, user_settings');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION erase_snapshots; DROP TABLE balance_snapshot, erasure, account, user_settings; DROP FUNCTION refuse_snapshot_change');
  }
}
