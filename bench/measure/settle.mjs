import pg from 'pg';

/** What Postgres would do by itself a while after such a load: statistics, visibility, dirty pages. */
export async function settle(adminUrl) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
