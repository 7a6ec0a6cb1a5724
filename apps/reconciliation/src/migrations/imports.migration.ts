/** What people give us of an account: the book that they keep of it (one at a time), and statements of what it held. */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  -- The book that is expected to be right; the ones before it are in the event log.
  CREATE TABLE book (
    account_id uuid PRIMARY KEY,
    book_id uuid NOT NULL,
    user_id text NOT NULL,
    as_of timestamptz(3) NOT NULL,
    imported_at timestamptz(3) NOT NULL,
    origin text NOT NULL,
    -- [{asset, quantity}], sorted by asset.
    positions json NOT NULL);
  CREATE INDEX book_user ON book (user_id);
  CREATE TABLE statement (
    statement_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    user_id text NOT NULL,
    as_of timestamptz(3) NOT NULL,
    imported_at timestamptz(3) NOT NULL,
    origin text NOT NULL,
    positions json NOT NULL);
  -- Of two of one instant the one that was imported later is right; ids are in the order in which they were made.
  CREATE INDEX statement_account ON statement (account_id, as_of, imported_at, statement_id);
  CREATE INDEX statement_user ON statement (user_id);`;

export class Imports1764100000030 implements MigrationInterface {
  readonly name = 'Imports1764100000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'book, statement');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE book, statement');
  }
}
