/** Stops the Postgres of this run, if a test file started one, and removes the run's folder. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export default async function globalTeardown() {
  const folder = process.env.TIDEMARK_TEST_RUN;
  const address = join(folder, 'postgres.json');
  const { pid } = existsSync(address) ? JSON.parse(readFileSync(address, 'utf8')) : {};
  if (pid !== undefined) {
    signal(pid, 'SIGINT'); // Postgres: disconnect everyone, then stop
    for (let waited = 0; running(pid) && waited < 10_000; waited += 50) await sleep(50);
    if (running(pid)) signal(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
}

function running(pid) {
  return signal(pid, 0);
}

/** False when there is no such process any more. */
function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
