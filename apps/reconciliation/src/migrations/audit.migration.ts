/**
 * The audit trail: a chain of entries per user that can only grow. As with events, nothing that runs may change or delete an entry: the
 * service's role has no right to, and a trigger refuses everybody else. The one way out is the erasure of a user: whoever deletes leaves a
 * mark first (`audit_erasure`, sealed with the key of the chain, so that a mark made by hand is found out), and the trigger lets go
 * what is marked.
 *
 * `audit_head` is there to be locked by whoever appends; nothing is proved by it.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  CREATE TABLE audit_head (
    user_id text PRIMARY KEY,
    sequence bigint NOT NULL,
    hash text NOT NULL);
  CREATE TABLE audit_entry (
    user_id text NOT NULL,
    sequence bigint NOT NULL,
    at timestamptz(3) NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    -- As text, byte for byte: the hash is made of it.
    data json NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (user_id, sequence));
  CREATE INDEX audit_entry_at ON audit_entry (user_id, at);
  -- Entries up to "through" were erased with their user; the chain goes on from "hash".
  CREATE TABLE audit_erasure (
    user_id text PRIMARY KEY,
    through bigint NOT NULL,
    hash text NOT NULL,
    at timestamptz(3) NOT NULL,
    proof text NOT NULL);`;

const REFUSE_CHANGE = `
  CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_erasure e WHERE e.user_id = OLD.user_id AND OLD.sequence <= e.through) THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only: % on audit_entry is refused', TG_OP USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
  CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();`;

/** Runs as the owner, who alone may delete; only what is marked. */
const ERASE = `
  CREATE FUNCTION erase_audit(erased_user text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DECLARE
    gone bigint;
  BEGIN
    DELETE FROM public.audit_entry a USING public.audit_erasure e WHERE a.user_id = erased_user AND e.user_id = erased_user AND a.sequence <= e.through;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
  END $$;
  REVOKE ALL ON FUNCTION erase_audit(text) FROM PUBLIC;`;

export class Audit1764100000020 implements MigrationInterface {
  readonly name = 'Audit1764100000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(REFUSE_CHANGE);
    await runner.query(ERASE);
    await grant(runner, 'SELECT, INSERT', 'audit_entry');
    await grant(runner, 'SELECT, INSERT, UPDATE (sequence, hash)', 'audit_head');
    await grant(runner, 'SELECT, INSERT, UPDATE', 'audit_erasure');
    await grant(runner, 'EXECUTE', 'FUNCTION erase_audit(text)');
  }

  async down(): Promise<void> {
    throw new Error('the audit trail is never dropped by a migration');
  }
}
