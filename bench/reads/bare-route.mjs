/**
 * The least that could be called the same read, as a process of its own: one Fastify route, the same two statements as the service
 * (its own texts) on the same driver, sums in floating point, an answer of the same size. No token, no contract, no bus, no exact
 * amounts, no duplicates, no quality and no reasons: what the product does beyond this is the difference that the bench shows.
 */
import Fastify from 'fastify';
import pg from 'pg';
import { closeBefore } from '../../apps/snapshots/dist/market-day/market-day.js';
import { HOLDINGS, LATEST_OF_ALL } from '../../apps/snapshots/dist/projections/balances/query.js';
import { parkedKeys } from '@tidemark/projections';

const pool = new pg.Pool({ connectionString: process.env.BARE_PG_URL, max: 10 });
const names = new Map();
const named = (text) => names.get(text) ?? names.set(text, `bare_${names.size}`).get(text);
const client = { query: (text, values) => pool.query({ name: named(text), text, values }) };
const previousClose = closeBefore(new Date().toISOString());
/** Characters that the answer of each route lacks beside the product's; the bench tells. */
const lacking = { value: 0, positions: 0 };

async function holdings(user) {
  const { rows } = await client.query(HOLDINGS, [user, LATEST_OF_ALL, previousClose]);
  const parked = await parkedKeys(client, ['balances', 'accounts'], rows.flatMap((row) => [`account-${row.account_id}`, `connection-${row.account_connection}`]));
  return { rows, parked: [...parked] };
}

const worth = (line) => (line.price === undefined ? Number(line.quantity) : Number(line.quantity) * Number(line.price));
const sum = (lines) => lines.reduce((total, line) => total + worth(line), 0);

function value({ rows, parked }) {
  const accounts = rows.map((row) => ({ accountId: row.account_id, name: row.name, institution: row.institution_name, provider: row.account_provider, currency: row.currency, value: sum(row.balances), before: sum(row.p_balances ?? row.balances), asOf: row.captured_at }));
  return { value: accounts.reduce((total, account) => total + account.value, 0), dayChange: accounts.reduce((total, account) => total + account.value - account.before, 0), accounts, parked };
}

function positions({ rows, parked }) {
  const held = new Map();
  for (const row of rows) {
    for (const line of row.balances) {
      const position = held.get(line.asset) ?? { asset: line.asset, name: line.name, quantity: 0, value: 0, accounts: [] };
      position.quantity += Number(line.quantity);
      position.value += worth(line);
      position.accounts.push({ accountId: row.account_id, accountName: row.name, quantity: line.quantity, price: line.price, costBasis: line.costBasis });
      held.set(line.asset, position);
    }
  }
  return { positions: [...held.values()], before: rows.map((row) => sum(row.p_balances ?? row.balances)), parked };
}

const server = Fastify();
server.get('/ready', async () => ({ rows: (await pool.query('SELECT 1')).rowCount }));
server.get('/value', async (request) => ({ ...value(await holdings(request.query.user)), padding: 'x'.repeat(lacking.value) }));
server.get('/positions', async (request) => ({ ...positions(await holdings(request.query.user)), padding: 'x'.repeat(lacking.positions) }));
server.put('/lacking', async (request) => Object.assign(lacking, request.body));
await server.listen({ host: '127.0.0.1', port: Number(process.env.BARE_PORT) });

process.once('SIGTERM', async () => {
  await server.close();
  await pool.end();
});
