/** What reading a portfolio costs through gateway and service, beside a bare route doing the same SQL in the same run, and how it grows with what is stored. */
import { SignJWT } from 'jose';
import { seededRandom } from '@tidemark/testing';
import { charged } from '../measure/processes.mjs';
import { settle } from '../measure/settle.mjs';
import { figures, steadyLoad } from '../measure/steady-load.mjs';
import { JWT_SECRET, layGround } from './ground.mjs';
import { ACCOUNTS_PER_USER, StoredAccounts, userId } from './store-accounts.mjs';

const PER_SECOND = 200;
const PATHS = { value: '/api/v1/portfolio/value', positions: '/api/v1/portfolio/positions' };
const FULL = { sizes: [1_000, 10_000, 100_000], seconds: 16, growthSeconds: 8, warmUpSeconds: 8 };
const QUICK = { sizes: [400, 1_000, 4_000], seconds: 4, growthSeconds: 2, warmUpSeconds: 2 };
const SEED = 7;

export async function reads({ progress, quick }) {
  const { sizes, seconds, growthSeconds, warmUpSeconds } = quick ? QUICK : FULL;
  const ground = await layGround();
  try {
    const stored = new StoredAccounts(ground.database);
    const random = seededRandom(SEED);
    const asks = (side, endpoint, forSeconds) => requests(ground, side, endpoint, random, stored.users, forSeconds);
    const growth = [];
    for (const accounts of sizes) {
      await stored.growTo(accounts, progress);
      await settle(ground.adminUrl);
      progress(`reads: value with ${accounts} accounts stored`);
      await steadyLoad({ requests: await asks('product', 'value', warmUpSeconds), perSecond: PER_SECOND });
      growth.push({ accounts, product: figures([await steadyLoad({ requests: await asks('product', 'value', growthSeconds), perSecond: PER_SECOND })]) });
    }
    const endpoints = [];
    for (const endpoint of Object.keys(PATHS)) {
      await alignSizes(ground, endpoint);
      for (const side of ['product', 'bare']) await steadyLoad({ requests: await asks(side, endpoint, warmUpSeconds), perSecond: PER_SECOND });
      const runs = { product: [], bare: [] };
      const cpu = { product: {}, bare: {} };
      // Both orders, so that neither side always finds the machine as the other left it.
      for (const side of ['product', 'bare', 'bare', 'product']) {
        progress(`reads: ${endpoint}, ${side}, ${PER_SECOND}/s for ${seconds / 2} s with ${sizes.at(-1)} accounts stored`);
        const load = await asks(side, endpoint, seconds / 2);
        runs[side].push(await charged(ground.pids, cpu[side], () => steadyLoad({ requests: load, perSecond: PER_SECOND })));
      }
      endpoints.push(compared(PATHS[endpoint], sizes.at(-1), runs, cpu));
    }
    return { perSecond: PER_SECOND, stored: { accounts: sizes.at(-1), users: stored.users, accountsPerUser: ACCOUNTS_PER_USER, snapshotsPerAccount: 2, linesPerSnapshot: 10 }, endpoints, growth };
  } finally {
    await ground.close();
  }
}

function compared(path, accounts, runs, cpu) {
  const side = (name) => {
    const made = figures(runs[name]);
    return { ...made, cpuMsPerRequest: Object.fromEntries(Object.entries(cpu[name]).map(([process, used]) => [process, Math.round((used * 1e6) / made.requests) / 1e3])) };
  };
  const [product, bare] = [side('product'), side('bare')];
  return { path, accounts, product, bare, ratioP50: ratio(product.p50, bare.p50), ratioP99: ratio(product.p99, bare.p99) };
}

const ratio = (one, other) => Math.round((one / other) * 100) / 100;

/** Random users, the same number of requests a second; tokens are signed before the load begins. */
async function requests({ gateway, bare }, side, endpoint, random, users, seconds) {
  const asking = Array.from({ length: PER_SECOND * seconds }, () => userId(random.int(0, users - 1)));
  if (side === 'bare') return asking.map((user) => ({ url: `${bare}/${endpoint}?user=${user}` }));
  const headers = new Map();
  for (const user of new Set(asking)) headers.set(user, { authorization: `Bearer ${await tokenOf(user)}` });
  return asking.map((user) => ({ url: `${gateway}${PATHS[endpoint]}`, headers: headers.get(user) }));
}

const key = new TextEncoder().encode(JWT_SECRET);
const tokenOf = (user) => new SignJWT({ scope: '' }).setProtectedHeader({ alg: 'HS256' }).setSubject(user).setIssuedAt().setExpirationTime('12h').sign(key);

/** Pads the bare route's answer to the product's size, both as they answer for one user. Checks on the way that both answer. */
async function alignSizes({ gateway, bare }, endpoint) {
  const [ours, theirs] = await Promise.all([
    textOf(`${gateway}${PATHS[endpoint]}`, { headers: { authorization: `Bearer ${await tokenOf(userId(0))}` } }),
    textOf(`${bare}/${endpoint}?user=${userId(0)}`),
  ]);
  const [product, loose] = [JSON.parse(ours), JSON.parse(theirs)];
  const total = endpoint === 'value' ? loose.value : loose.positions.reduce((sum, position) => sum + position.value, 0);
  const same = Math.abs(Number(endpoint === 'value' ? product.value : product.totals.value) - total) < 0.01;
  if (!same || total === 0) throw new Error(`the bare route does not answer the same: ${theirs.slice(0, 300)} against ${ours.slice(0, 300)}`);
  await textOf(`${bare}/lacking`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [endpoint]: Math.max(0, ours.length - theirs.length) }) });
}

async function textOf(url, options) {
  const answer = await fetch(url, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`);
  return text;
}
