/** What is to be told to whom: one row for each target of each alert, from raised to delivered or parked. */
import { grant } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  CREATE TABLE delivery (
    delivery_id uuid PRIMARY KEY,
    alert_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    user_id text NOT NULL,
    -- Which of the rule's targets it is, from 0.
    target_index int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('webhook', 'email', 'live')),
    -- The whole address of a webhook, or an e-mail address. Addresses may carry secrets: this column is read by the sender alone.
    target text,
    -- The same as people may see it: no more of a webhook than its host.
    shown text NOT NULL,
    -- Whose slowness it shares: the webhook's host, or the mail server.
    host text NOT NULL,
    -- Deliveries of one user to one host.
    lane text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'parked', 'muted')),
    -- What is said, the same bytes at every attempt.
    body text NOT NULL,
    raised_at timestamptz NOT NULL,
    -- Since when it has been tried: the alert, or the person's last request to try again.
    since timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    -- Attempts since then: how long the next wait is.
    tries int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error text,
    delivered_at timestamptz,
    locked_by text,
    locked_until timestamptz)
    -- An attempt changes no index: room for it in the page saves writing them.
    WITH (fillfactor = 70);
  CREATE INDEX delivery_due ON delivery (next_attempt_at) WHERE status IN ('pending', 'retrying');
  CREATE INDEX delivery_alert ON delivery (alert_id);
  CREATE INDEX delivery_user ON delivery (user_id);`;

export class Deliveries1764003600000 implements MigrationInterface {
  readonly name = 'Deliveries1764003600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'delivery');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery');
  }
}
