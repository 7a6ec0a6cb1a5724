/**
 * The two reads behind every portfolio page and every account page must cost the same however many snapshots are stored: with many
 * stored, both go down the index `balance_snapshot_latest`, and neither looks at snapshots one after another.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import type { TestDatabase } from '@tidemark/testing';
import { ENTITIES, MIGRATIONS } from '../../app.js';
import { HOLDINGS, LATEST, LATEST_OF_ALL, PAGE } from './query.js';

const USERS = 500;
const ACCOUNTS = 4;
const SNAPSHOTS = 12;

let server: TestDatabase;
let database: Database;
let owner: Database;

beforeAll(async () => {
  server = await testDatabase('hot_queries');
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_read`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: MIGRATIONS });
  database = await openDatabase({ url: urls.serviceUrl, application: 'test', entities: ENTITIES });
  owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1 });
  await database.query(
    `INSERT INTO account (account_id, user_id, provider, name, type, trading, changes)
     SELECT md5('a' || n)::uuid, 'user-' || n / $2, 'plaid', 'n', 'investment', false, '[]' FROM generate_series(0, $1::int * $2::int - 1) n`,
    [USERS, ACCOUNTS],
  );
  await database.query(
    `INSERT INTO balance_snapshot (snapshot_id, account_id, user_id, provider, source, currency, captured_at, recorded_at, balances, provider_metadata, epoch, position)
     SELECT md5('s' || n || '/' || t)::uuid, md5('a' || n)::uuid, 'user-' || n / $2, 'plaid', 'account_sync', 'USD', now() - t * interval '1 day', now(), '[]', '{}', 1, n * 100 + t
     FROM generate_series(0, $1::int * $2::int - 1) n, generate_series(1, $3::int) t`,
    [USERS, ACCOUNTS, SNAPSHOTS],
  );
  await owner.query('ANALYZE');
}, 120_000);

afterAll(async () => {
  await Promise.all([database.close(), owner.close()]);
  await server.drop();
});

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: Node[];
}

async function snapshotScans(query: string, values: unknown[]): Promise<Node[]> {
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`, values);
  const flat = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return plan ? flat(plan).filter((node) => node['Relation Name'] === 'balance_snapshot') : [];
}

describe(`with ${USERS * ACCOUNTS * SNAPSHOTS} snapshots stored`, () => {
  it.each([
    ['a portfolio as it is now', HOLDINGS, ['user-7', LATEST_OF_ALL, new Date().toISOString()], ACCOUNTS, 2],
    ['a portfolio as of before', HOLDINGS, ['user-7', new Date(Date.now() - 5.5 * 86_400_000).toISOString(), new Date(Date.now() - 6.5 * 86_400_000).toISOString()], ACCOUNTS, 2],
    ['the latest snapshot of an account', LATEST, [null, 'user-7', LATEST_OF_ALL], 1, 1],
  ])('%s reads one snapshot an account by the index', async (_, query, values, loops, scans) => {
    const { rows } = await database.query<{ account_id: string }>(`SELECT account_id FROM account WHERE user_id = 'user-7' LIMIT 1`);
    const nodes = await snapshotScans(query, [values[0] ?? rows[0]?.account_id, ...values.slice(1)]);
    expect(nodes).toHaveLength(scans);
    for (const node of nodes) expect(node).toMatchObject({ 'Node Type': 'Index Scan', 'Index Name': 'balance_snapshot_latest', 'Actual Rows': 1, 'Actual Loops': loops });
  });

  it('a page of the list starts in the index where the page before ended', async () => {
    const { rows } = await database.query<{ account_id: string }>(`SELECT account_id FROM account WHERE user_id = 'user-7' LIMIT 1`);
    const end = new Date(Date.now() - 6.5 * 86_400_000).toISOString();
    const nodes = await snapshotScans(PAGE, [rows[0]?.account_id, 'user-7', '-infinity', LATEST_OF_ALL, null, end, 1, 0, 3]);
    expect(nodes).toMatchObject([{ 'Node Type': 'Index Scan', 'Index Name': 'balance_snapshot_latest', 'Actual Rows': 3, 'Actual Loops': 1 }]);
  });
});
