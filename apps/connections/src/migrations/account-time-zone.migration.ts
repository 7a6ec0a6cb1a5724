/** The market of an account: null is New York. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountTimeZone1763800002000 implements MigrationInterface {
  readonly name = 'AccountTimeZone1763800002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account_list ADD COLUMN time_zone text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account_list DROP COLUMN time_zone');
  }
}
