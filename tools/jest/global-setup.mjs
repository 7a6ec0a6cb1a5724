/**
 * Makes a folder for this Jest run and tells the workers about it. Nothing is started here: the first test file that
 * asks for a database starts the run's Postgres (libs/testing, test-database.ts), so pure specs never pay for it.
 */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function globalSetup() {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-jest-'));
  chmodSync(folder, 0o755); // Postgres runs as another user than root and must pass through
  process.env.TIDEMARK_TEST_RUN = folder;
  process.env.TIDEMARK_TEST_MAIN_PID = String(process.pid);
}
