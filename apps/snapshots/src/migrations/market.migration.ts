/** What the market says: the symbol of an asset, and the closes of symbols. The key of `market_close` is the way it is read: newest day first. */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Market1763800001000 implements MigrationInterface {
  readonly name = 'Market1763800001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE market_symbol (asset text PRIMARY KEY, symbol text NOT NULL, currency text NOT NULL);
      CREATE TABLE market_close (symbol text NOT NULL, day date NOT NULL, close numeric NOT NULL, PRIMARY KEY (symbol, day));`);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'market_symbol, market_close');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE market_symbol, market_close');
  }
}
