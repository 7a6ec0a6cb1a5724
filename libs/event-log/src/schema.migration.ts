/**
 * The log: a head row per partition and an append-only `event` table, list-partitioned by partition.
 *
 * `log.append` is the only way in. It locks the heads of the partitions it writes, in order, and numbers events under that lock,
 * so that commit order is position order and positions have no gap. Data comes as one JSON array: the driver would have to escape every
 * quote of a text array, and Postgres would read each document twice. Each statement of a VOLATILE function sees what was committed
 * before it began, so the stream versions it reads after the lock are the newest.
 *
 * Immutability is kept three times: the service's role has no right to UPDATE, DELETE or TRUNCATE; triggers refuse them to
 * everybody else (the owner included); and the owner is a role that no running service uses.
 */
import { grant, leaseTables, serviceRole } from '@tidemark/postgres';
import type { MigrationClass } from '@tidemark/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEFAULT_PARTITIONS } from './partition.js';

const TABLES = `
  CREATE SCHEMA log;
  CREATE TABLE log.head (
    partition int PRIMARY KEY,
    epoch int NOT NULL DEFAULT 1,
    position bigint NOT NULL DEFAULT 0);
  CREATE TABLE log.event (
    partition int NOT NULL,
    position bigint NOT NULL,
    epoch int NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    version int NOT NULL,
    subject text NOT NULL,
    streamversion int NOT NULL,
    userid text NOT NULL,
    time timestamptz NOT NULL,
    recordedtime timestamptz NOT NULL,
    causationid uuid,
    correlationid text,
    traceparent text,
    data json NOT NULL,
    PRIMARY KEY (partition, position)
  ) PARTITION BY LIST (partition);
  CREATE UNIQUE INDEX event_stream ON log.event (partition, subject, streamversion);
  CREATE UNIQUE INDEX event_id ON log.event (partition, id);
  CREATE INDEX event_user ON log.event (partition, userid, position);
  CREATE TABLE log.relay (
    partition int PRIMARY KEY,
    epoch int NOT NULL,
    position bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now());`;

const REFUSE_CHANGE = `
  CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'events are immutable: % on log.event is refused', TG_OP USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON log.event FOR EACH ROW EXECUTE FUNCTION log.refuse_change();
  CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON log.event FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();`;

const APPEND = `
  CREATE FUNCTION log.append(
    p_partition int[], p_id uuid[], p_type text[], p_version int[], p_subject text[], p_expected int[], p_userid text[],
    p_time timestamptz[], p_causation uuid[], p_correlation text[], p_traceparent text[], p_data json)
  RETURNS TABLE (ord bigint, out_epoch int, out_position bigint, out_streamversion int)
  LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    conflict record;
    moment timestamptz;
  BEGIN
    PERFORM 1 FROM log.head h WHERE h.partition = ANY (p_partition) ORDER BY h.partition FOR UPDATE;
    moment := clock_timestamp();
    FOR conflict IN
      SELECT w.subject, w.expected, coalesce(s.version, 0) AS actual
      FROM (SELECT DISTINCT u.partition, u.subject, u.expected
            FROM unnest(p_partition, p_subject, p_expected) AS u(partition, subject, expected) WHERE u.expected IS NOT NULL) w
      LEFT JOIN LATERAL (SELECT e.streamversion AS version FROM log.event e
            WHERE e.partition = w.partition AND e.subject = w.subject ORDER BY e.streamversion DESC LIMIT 1) s ON true
      WHERE w.expected <> coalesce(s.version, 0) LIMIT 1
    LOOP
      RAISE EXCEPTION 'stream % is at version %, not %', conflict.subject, conflict.actual, conflict.expected
        USING ERRCODE = 'TM001', DETAIL = json_build_object('stream', conflict.subject, 'expected', conflict.expected, 'actual', conflict.actual)::text;
    END LOOP;
    RETURN QUERY
      WITH asked AS (
        SELECT u.*, row_number() OVER (PARTITION BY u.partition ORDER BY u.ord) AS at,
               row_number() OVER (PARTITION BY u.partition, u.subject ORDER BY u.ord) AS instream
        FROM ROWS FROM (unnest(p_partition), unnest(p_id), unnest(p_type), unnest(p_version), unnest(p_subject), unnest(p_userid), unnest(p_time),
            unnest(p_causation), unnest(p_correlation), unnest(p_traceparent), json_array_elements(p_data))
          WITH ORDINALITY AS u(partition, id, type, version, subject, userid, time, causation, correlation, traceparent, data, ord)),
      stream AS (
        SELECT d.partition, d.subject, coalesce(s.version, 0) AS version
        FROM (SELECT DISTINCT a.partition, a.subject FROM asked a) d
        LEFT JOIN LATERAL (SELECT e.streamversion AS version FROM log.event e
              WHERE e.partition = d.partition AND e.subject = d.subject ORDER BY e.streamversion DESC LIMIT 1) s ON true),
      placed AS (
        SELECT a.*, h.epoch AS epoch, h.position + a.at AS position, (s.version + a.instream)::int AS streamversion
        FROM asked a JOIN log.head h ON h.partition = a.partition JOIN stream s ON s.partition = a.partition AND s.subject = a.subject),
      stored AS (
        INSERT INTO log.event (partition, position, epoch, id, type, version, subject, streamversion, userid, time, recordedtime, causationid, correlationid, traceparent, data)
        SELECT p.partition, p.position, p.epoch, p.id, p.type, p.version, p.subject, p.streamversion, p.userid, p.time, moment, p.causation, p.correlation, p.traceparent, p.data
        FROM placed p ORDER BY p.partition, p.position),
      moved AS (
        UPDATE log.head h SET position = h.position + c.n FROM (SELECT a.partition, count(*) AS n FROM asked a GROUP BY a.partition) c WHERE h.partition = c.partition)
      SELECT p.ord, p.epoch, p.position, p.streamversion FROM placed p ORDER BY p.ord;
  END $$;`;

/**
 * The same in every producing service.
 * @param partitions fixed at installation: a user's partition is a hash of the user id over this count
 */
export function eventLogMigration(partitions: number = DEFAULT_PARTITIONS): MigrationClass {
  return class EventLog1763700000001 implements MigrationInterface {
    readonly name = 'EventLog1763700000001';

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(TABLES);
      await runner.query(REFUSE_CHANGE);
      await runner.query(partitionTables(partitions, await serviceRole(runner)));
      await runner.query(APPEND);
      await runner.query(leaseTables('log'));
      await grant(runner, 'USAGE', 'SCHEMA log');
      await grant(runner, 'SELECT, INSERT', 'log.event');
      await grant(runner, 'SELECT, UPDATE (position)', 'log.head');
      await grant(runner, 'EXECUTE', 'FUNCTION log.append');
      await grant(runner, 'SELECT, INSERT, UPDATE, DELETE', 'log.relay, log.lease, log.lease_member');
    }

    async down(): Promise<void> {
      throw new Error('the event log is never dropped by a migration');
    }
  };
}

/** Without a right to read a partition itself, Postgres leaves the key out of a uniqueness error, and a duplicate could not be told. */
function partitionTables(partitions: number, role: string): string {
  return Array.from({ length: partitions }, (_, at) => `
    CREATE TABLE log.event_${at} PARTITION OF log.event FOR VALUES IN (${at});
    CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON log.event_${at} FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
    GRANT SELECT ON log.event_${at} TO "${role.replaceAll('"', '""')}";
    INSERT INTO log.head (partition) VALUES (${at});`).join('\n');
}
