/**
 * Closes, splits and symbols: shared by all users, and the work of fetching them. Days are whole numbers (days since 1970-01-01).
 * A month of closes is one row, an array by day of the month: a close takes some 21 bytes with its index
 * (measured in bench/prices), several times less than a row a close, and two years of 50 symbols are 1,250 rows instead of 25,000.
 */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const PRICES = `
  CREATE TABLE price_series (
    symbol text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('security', 'crypto', 'fx')),
    currency text,
    -- The days that were asked for and answered: one without a close in here is known to have none.
    covered int4multirange NOT NULL DEFAULT '{}',
    -- Grows with every change of closes or splits; prepared series are kept under it.
    version bigint NOT NULL DEFAULT 0,
    splits_at timestamptz,
    -- The day whose closes of all symbols did not hold this one.
    bulk_missed int,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    failure text,
    -- The failure does not pass by itself: nobody waits for it.
    final boolean NOT NULL DEFAULT false,
    fence int NOT NULL DEFAULT 0,
    locked_by text,
    locked_until timestamptz);
  CREATE TABLE price_month (
    symbol text NOT NULL,
    -- Years × 12 + month from 0.
    month int NOT NULL,
    closes numeric[] NOT NULL,
    PRIMARY KEY (symbol, month));
  CREATE TABLE price_split (
    symbol text NOT NULL,
    day int NOT NULL,
    numerator numeric NOT NULL CHECK (numerator > 0),
    denominator numeric NOT NULL CHECK (denominator > 0),
    PRIMARY KEY (symbol, day));
  -- What a source answered and nobody may believe: never a close until it is asked again and better.
  CREATE TABLE price_quarantine (
    symbol text NOT NULL,
    day int NOT NULL,
    close numeric NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    times int NOT NULL DEFAULT 1,
    seen_at timestamptz NOT NULL DEFAULT now(),
    again_at timestamptz NOT NULL,
    PRIMARY KEY (symbol, day));
  CREATE INDEX price_quarantine_again ON price_quarantine (again_at);
  -- Who waits for which days; the nil run is nobody in particular. A want stays until it is answered, whether or not its run still waits.
  CREATE TABLE price_want (
    symbol text NOT NULL REFERENCES price_series,
    run_id uuid NOT NULL,
    -- Asked for again although it is known: a correction.
    force boolean NOT NULL,
    first_day int NOT NULL,
    last_day int NOT NULL,
    wanted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (symbol, run_id, force));
  CREATE INDEX price_want_run ON price_want (run_id);
  -- What an operator's refresh has brought so far.
  CREATE TABLE price_refresh (run_id uuid PRIMARY KEY, asked_at timestamptz NOT NULL DEFAULT now(), stored int NOT NULL DEFAULT 0, corrected int NOT NULL DEFAULT 0);`;

const SYMBOLS = `
  CREATE TABLE asset_symbol (
    asset text PRIMARY KEY,
    status text NOT NULL DEFAULT 'wanted' CHECK (status IN ('wanted', 'mapped', 'unmapped')),
    symbol text,
    kind text,
    currency text,
    name text,
    method text,
    confidence numeric,
    verified_at timestamptz,
    source text,
    reason text,
    tried text[] NOT NULL DEFAULT '{}',
    candidates jsonb NOT NULL DEFAULT '[]',
    -- What was known of the asset when it was first seen: name, currency, identifiers.
    known jsonb NOT NULL DEFAULT '{}',
    -- How often it was looked for with other knowledge than the first time.
    retold int NOT NULL DEFAULT 0,
    since timestamptz NOT NULL DEFAULT now(),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    fence int NOT NULL DEFAULT 0,
    locked_by text,
    locked_until timestamptz);
  CREATE INDEX asset_symbol_due ON asset_symbol (next_attempt_at) WHERE status <> 'mapped';
  CREATE INDEX asset_symbol_of ON asset_symbol (symbol) WHERE status = 'mapped';
  CREATE INDEX asset_symbol_unmapped ON asset_symbol (since, asset) WHERE status = 'unmapped';
  CREATE TABLE symbol_want (
    asset text NOT NULL REFERENCES asset_symbol,
    run_id uuid NOT NULL,
    PRIMARY KEY (asset, run_id));
  CREATE INDEX symbol_want_run ON symbol_want (run_id);`;

const ALL = 'price_series, price_month, price_split, price_quarantine, price_want, price_refresh, asset_symbol, symbol_want';

export class Prices1763710030000 implements MigrationInterface {
  readonly name = 'Prices1763710030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PRICES);
    await runner.query(SYMBOLS);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', ALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${ALL} CASCADE`);
  }
}
