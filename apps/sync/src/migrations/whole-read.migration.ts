/** When a connection's whole range of transactions was last read. Of those that are there it counts from their newest sync, so that not all are due at once. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WholeRead1763900010000 implements MigrationInterface {
  readonly name = 'WholeRead1763900010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connection_sync ADD COLUMN whole_read_at timestamptz');
    await runner.query('UPDATE connection_sync SET whole_read_at = good_started_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connection_sync DROP COLUMN whole_read_at');
  }
}
