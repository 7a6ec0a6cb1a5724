/**
 * What nobody asks the price source for again and again: symbols that it does not have, and those that a user is the first to compare with;
 * and what its profile of a symbol says of the sector.
 * IF NOT EXISTS, because stores of one day have them from an earlier migration.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const INTRODUCED = `
  -- The source says that there is no such symbol: it is not asked again before this. Null: nobody has said so.
  ALTER TABLE price_series ADD COLUMN IF NOT EXISTS absent_until timestamptz;
  -- Symbols that nobody had asked for before a user compared with them: each costs calls, so a user has a few of them a day.
  CREATE TABLE IF NOT EXISTS benchmark_introduced (
    user_id text NOT NULL,
    symbol text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, symbol));
  CREATE INDEX IF NOT EXISTS benchmark_introduced_at ON benchmark_introduced (at);
  -- As the price source's profile of the symbol words it.
  ALTER TABLE asset_symbol ADD COLUMN IF NOT EXISTS sector text;`;

export class Introduced1763900020000 implements MigrationInterface {
  readonly name = 'Introduced1763900020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INTRODUCED);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'benchmark_introduced');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE benchmark_introduced; ALTER TABLE price_series DROP COLUMN absent_until; ALTER TABLE asset_symbol DROP COLUMN sector');
  }
}
