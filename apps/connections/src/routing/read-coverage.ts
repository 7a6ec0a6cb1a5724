import { readFileSync } from 'node:fs';
import { parseCoverage } from './coverage.js';
import type { Coverage } from './coverage.js';

/** The coverage map that ships with the service. @throws naming the wrong entry */
export function readCoverage(): Coverage {
  return parseCoverage(JSON.parse(readFileSync(new URL('./coverage.json', import.meta.url), 'utf8')));
}
