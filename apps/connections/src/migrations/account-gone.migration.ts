/** When an account was closed or its connection removed. Those that are gone already take it from the log, which is in the same database. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const FROM_LOG = `
  UPDATE account_list a SET gone_at = e.at FROM (
    SELECT (gone.account #>> '{}')::uuid AS account_id, max(event.time) AS at
    FROM log.event CROSS JOIN LATERAL json_array_elements(CASE event.type WHEN 'ConnectionRemoved' THEN event.data -> 'accountIds' ELSE json_build_array(event.data -> 'accountId') END) AS gone(account)
    WHERE event.type IN ('ConnectionRemoved', 'AccountClosed') GROUP BY 1) e
  WHERE a.account_id = e.account_id AND a.status <> 'active'`;

export class AccountGone1763900003000 implements MigrationInterface {
  readonly name = 'AccountGone1763900003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account_list ADD COLUMN gone_at timestamptz');
    await runner.query(FROM_LOG);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account_list DROP COLUMN gone_at');
  }
}
