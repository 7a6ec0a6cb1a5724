/** The end of day: which day of which market is closed, how far a closing has come, and what every held asset was worth at it. */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  CREATE TABLE market_close (
    market text NOT NULL,
    day date NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    -- The last account of the batches that are through; null: none.
    after_account uuid,
    accounts int NOT NULL DEFAULT 0,
    incomplete int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    -- Held assets whose close of the day had not come.
    late int NOT NULL DEFAULT 0,
    catch_up boolean NOT NULL,
    due_at timestamptz NOT NULL,
    closed_at timestamptz,
    -- Closed again, because prices came: how often.
    again int NOT NULL DEFAULT 0,
    fence int NOT NULL DEFAULT 0,
    locked_by text,
    locked_until timestamptz,
    PRIMARY KEY (market, day));
  CREATE INDEX market_close_late ON market_close (day) WHERE late > 0;
  -- The prices of one closing. Made again by whoever takes it up, so a crash of the database may empty it.
  CREATE UNLOGGED TABLE closing_asset (
    market text NOT NULL,
    day date NOT NULL,
    asset text NOT NULL,
    currency text,
    close numeric,
    close_day int,
    split_day int,
    -- The market traded that day and its close has not come.
    late boolean NOT NULL,
    reason_stale int NOT NULL,
    reason_supplied int NOT NULL,
    reason_missing int NOT NULL,
    reason_basis int NOT NULL,
    reason_late int NOT NULL,
    PRIMARY KEY (market, day, asset));
  CREATE INDEX account_market ON account ((coalesce(time_zone, '')), account_id);`;

export class Closing1763700070000 implements MigrationInterface {
  readonly name = 'Closing1763700070000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'market_close, closing_asset');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE market_close, closing_asset; DROP INDEX account_market');
  }
}
