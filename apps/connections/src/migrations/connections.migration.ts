/**
 * Tables of the service. Those under "read models" are folded from events and can be rebuilt; those under "work" hold what is under
 * way (a link being completed, a revocation to be tried again) and the imported catalogue.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ_MODELS = `
  CREATE TABLE connection_list (
    connection_id uuid PRIMARY KEY, user_id text NOT NULL, institution_id text NOT NULL, institution_name text NOT NULL, provider text NOT NULL,
    status text NOT NULL, routing jsonb NOT NULL, created_at timestamptz NOT NULL);
  CREATE INDEX connection_list_user ON connection_list (user_id, created_at, connection_id);
  CREATE TABLE connection_sync (
    connection_id uuid PRIMARY KEY, user_id text NOT NULL, last_sync_at timestamptz, last_error jsonb, refreshes jsonb NOT NULL);
  CREATE TABLE account_list (
    account_id uuid PRIMARY KEY, connection_id uuid NOT NULL, user_id text NOT NULL, provider text NOT NULL, institution_id text NOT NULL, institution_name text NOT NULL,
    details jsonb NOT NULL, capabilities jsonb NOT NULL, display_name text, count_in_totals boolean NOT NULL,
    duplicate_of uuid, duplicate_by text, status text NOT NULL, discovered_at timestamptz NOT NULL, first_seen_at timestamptz NOT NULL);
  CREATE INDEX account_list_user ON account_list (user_id, first_seen_at, account_id);
  CREATE INDEX account_list_connection ON account_list (connection_id);
  CREATE TABLE account_holdings (
    account_id uuid PRIMARY KEY, user_id text NOT NULL, as_of timestamptz, epoch int NOT NULL, position bigint NOT NULL, holdings jsonb NOT NULL, erased boolean NOT NULL);
  CREATE TABLE user_settings (user_id text PRIMARY KEY, base_currency text NOT NULL, time_zone text NOT NULL);`;

const WORK = `
  CREATE TABLE link_attempt (
    connection_id uuid PRIMARY KEY, user_id text NOT NULL, kind text NOT NULL, state text NOT NULL, claimed_until timestamptz, updated_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX link_attempt_claim ON link_attempt (claimed_until) WHERE state = 'completing';
  CREATE TABLE revocation (
    credential_ref text PRIMARY KEY, connection_id uuid NOT NULL, user_id text NOT NULL, provider text NOT NULL, provider_connection_id text NOT NULL, institution text,
    delete_user boolean NOT NULL, attempts int NOT NULL DEFAULT 0, next_attempt_at timestamptz NOT NULL DEFAULT now(), last_error text, created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX revocation_due ON revocation (next_attempt_at);
  CREATE TABLE claim (name text PRIMARY KEY, holder uuid NOT NULL, expires_at timestamptz NOT NULL);
  CREATE TABLE institution_import (provider text PRIMARY KEY, finished_at timestamptz NOT NULL, institutions int NOT NULL);
  CREATE TABLE institution_offer (
    provider text NOT NULL, provider_institution_id text NOT NULL, name text NOT NULL, name_key text NOT NULL, type text NOT NULL, trading boolean NOT NULL,
    covered_by text, seen_at timestamptz NOT NULL, PRIMARY KEY (provider, provider_institution_id));
  CREATE INDEX institution_offer_covered ON institution_offer (covered_by, provider);
  CREATE TABLE institution (
    id text PRIMARY KEY, name text NOT NULL, name_key text COLLATE "C" NOT NULL, search_keys text NOT NULL, type text NOT NULL, popular boolean NOT NULL, listed boolean NOT NULL,
    preferred_provider text, fallback_provider text, offers jsonb NOT NULL);
  CREATE INDEX institution_order ON institution (popular DESC, listed DESC, name_key, id);
  CREATE INDEX institution_name ON institution (name_key);`;

const TABLES = 'connection_list, connection_sync, account_list, account_holdings, user_settings, link_attempt, revocation, claim, institution_import, institution_offer, institution';

export class Connections1763700000010 implements MigrationInterface {
  readonly name = 'Connections1763700000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ_MODELS);
    await runner.query(WORK);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES}`);
  }
}
