/**
 * What a history query costs through gateway and service with a hundred thousand, a million and ten million account-days stored, for
 * every period, at a steady rate; beside it a bare route that runs the same statements and answers as many bytes.
 */
import { SignJWT } from 'jose';
import { seededRandom } from '@tidemark/testing';
import { charged, msPerRequest } from '../measure/processes.mjs';
import { figures, steadyLoad } from '../measure/steady-load.mjs';
import { ACCOUNTS_PER_USER, userOf } from './ground.mjs';
import { FillDays } from './fill-days.mjs';
import { JWT_SECRET, layQueryGround } from './query-ground.mjs';

const PERIODS = ['1D', '1W', '1M', '3M', '6M', 'YTD', '1Y', '2Y', 'ALL'];
const PER_SECOND = 200;
const FULL = { accounts: [137, 1_370, 13_700], seconds: 8, warmUpSeconds: 4 };
const QUICK = { accounts: [12, 60, 137], seconds: 2, warmUpSeconds: 1 };
const SEED = 11;

export async function historyQuery({ progress, quick }) {
  const { accounts: sizes, seconds, warmUpSeconds } = quick ? QUICK : FULL;
  const ground = await layQueryGround();
  try {
    const filled = new FillDays(ground.database, ground.owner);
    const random = seededRandom(SEED);
    const results = [];
    for (const accounts of sizes) {
      progress(`history: storing days of ${accounts} accounts`);
      const days = await filled.growTo(accounts);
      const run = async (side, periods, forSeconds) => loaded(ground, await requests(ground, side, periods, random, accounts, forSeconds));
      await run('product', PERIODS, warmUpSeconds);
      progress(`history: every period, ${PER_SECOND}/s, ${days} account-days stored`);
      const product = await run('product', PERIODS, seconds);
      await setPadding(ground, product.answerBytes);
      await run('bare', PERIODS, warmUpSeconds);
      const bare = await run('bare', PERIODS, seconds);
      results.push({ accounts, days, product, bare });
    }
    progress('history: the longest period alone');
    const longest = await loaded(ground, await requests(ground, 'product', ['ALL'], random, sizes.at(-1), seconds));
    return { perSecond: PER_SECOND, results, longest, bytes: await filled.bytes() };
  } finally {
    await ground.close();
  }
}

/** With what each process spent on a request. */
async function loaded({ pids }, list) {
  const cpu = {};
  const run = await charged(pids, cpu, () => steadyLoad({ requests: list, perSecond: PER_SECOND }));
  return { ...figures([run]), cpuMs: msPerRequest(cpu, list.length) };
}

async function requests(ground, side, periods, random, accounts, seconds) {
  const list = [];
  for (let at = 0; at < seconds * PER_SECOND; at += 1) {
    const user = userOf(random.int(0, Math.floor(accounts / ACCOUNTS_PER_USER) * ACCOUNTS_PER_USER - 1));
    const period = periods[at % periods.length];
    list.push(
      side === 'bare'
        ? { url: `${ground.bare}/history?user=${user}&period=${period}` }
        : { url: `${ground.gateway}/api/v1/portfolio/history?period=${period}`, headers: { authorization: `Bearer ${await tokenOf(user)}` } },
    );
  }
  return list;
}

const tokens = new Map();

async function tokenOf(user) {
  if (!tokens.has(user)) tokens.set(user, await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(user).setIssuedAt().setExpirationTime('2h').sign(new TextEncoder().encode(JWT_SECRET)));
  return tokens.get(user);
}

async function setPadding(ground, bytes) {
  await fetch(`${ground.bare}/size`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bytes }) });
}
