/**
 * Live values: who is watched, how the values of the day went, and bars of five minutes. Only what somebody watches is stored.
 * `intraday_watch` is unlogged: after a crash of the database every gateway asks again within a heartbeat.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  CREATE UNLOGGED TABLE intraday_watch (
    watch_id uuid PRIMARY KEY,
    user_id text NOT NULL,
    partition int NOT NULL,
    account_id uuid,
    source text NOT NULL,
    -- null: the user's base currency
    currency text,
    expires_at timestamptz NOT NULL);
  CREATE INDEX intraday_watch_partition ON intraday_watch (partition);
  CREATE TABLE intraday_day (
    -- an account's id, or a scope of a user's accounts
    series text NOT NULL,
    day date NOT NULL,
    currency text NOT NULL,
    user_id text NOT NULL,
    account_id uuid,
    open numeric NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    last numeric NOT NULL,
    open_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    previous_close numeric,
    closed boolean NOT NULL,
    PRIMARY KEY (series, day, currency));
  CREATE INDEX intraday_day_user ON intraday_day (user_id, day);
  CREATE TABLE intraday_bar (
    account_id uuid NOT NULL,
    at timestamptz NOT NULL,
    currency text NOT NULL,
    user_id text NOT NULL,
    open numeric NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    close numeric NOT NULL,
    quality smallint NOT NULL,
    PRIMARY KEY (account_id, at, currency));
  CREATE INDEX intraday_bar_at ON intraday_bar (at);
  CREATE INDEX intraday_bar_user ON intraday_bar (user_id);`;

export class HistoryIntraday1763700080000 implements MigrationInterface {
  readonly name = 'HistoryIntraday1763700080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'intraday_watch, intraday_day, intraday_bar');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE intraday_watch, intraday_day, intraday_bar');
  }
}
