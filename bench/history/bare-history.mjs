/**
 * The least that could be called the same read: one Fastify route, the same three statements on the same driver, the blocks decoded and
 * summed in floating point, an answer of the same size. No token, bus, contract, rates, counting rules, exact sums or reasons.
 */
import Fastify from 'fastify';
import { decodeMonth } from '../../apps/history/dist/storage/month-block.js';
import { readBlocks, readRows, NEWEST } from '../../apps/history/dist/storage/read-days.js';
import { periodStart } from '../../apps/history/dist/series/period.js';
import { openDatabase } from '@tidemark/postgres';

const database = await openDatabase({ url: process.env.BARE_PG_URL, application: 'bare', poolSize: 10 });
const answer = { bytes: 0 };
const today = Math.floor(Date.now() / 86_400_000) - 1;
const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

const server = Fastify();
server.get('/ready', async () => (await database.query('SELECT 1')).rowCount);
server.put('/size', async (request) => Object.assign(answer, request.body));
server.get('/history', async ({ query: { user, period } }) => {
  const { rows: accounts } = await database.query('SELECT a.account_id, h.revision, a.changes FROM account a JOIN history_head h USING (account_id) WHERE a.user_id = $1', [user]);
  const ids = accounts.map((row) => row.account_id);
  const from = Math.max(periodStart(period, today), today - 800);
  const [blocks, rows] = await Promise.all([readBlocks(database, ids, from, today, NEWEST), readRows(database, ids, from, today, NEWEST)]);
  const values = new Map();
  for (const { month, block } of blocks) {
    const { days, amounts } = decodeMonth(dayOf(month), block);
    days.forEach((day, at) => values.set(day, (values.get(day) ?? 0) + Number(amounts.value[0].digits[at]) / 10 ** amounts.value[0].scale));
  }
  for (const row of rows) values.set(row.day, (values.get(row.day) ?? 0) + Number(row.value));
  const points = [...values].map(([day, value]) => ({ date: new Date(day * 86_400_000).toISOString().slice(0, 10), value }));
  return { points, padding: 'x'.repeat(Math.max(0, answer.bytes - points.length * 45)) };
});
await server.listen({ host: '127.0.0.1', port: Number(process.env.BARE_PORT) });

process.once('SIGTERM', async () => {
  await server.close();
  await database.close();
});
