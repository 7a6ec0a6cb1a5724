/** What processes cost, from /proc: memory of a whole tree, and processor time. Linux alone has it. */
import { readdirSync, readFileSync } from 'node:fs';

export const measurable = process.platform === 'linux';

/** Ticks of /proc/<pid>/stat a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100;

/** A process and everything below it; `without` names subtrees that do not count. @param {number} root @param {number[]} [without] */
export function treeOf(root, without = []) {
  const below = new Map();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (stat) below.set(stat.parent, [...(below.get(stat.parent) ?? []), Number(entry)]);
  }
  const tree = [];
  const add = (pid) => {
    if (without.includes(pid)) return;
    tree.push(pid);
    for (const child of below.get(pid) ?? []) add(child);
  };
  add(root);
  return tree;
}

/** Seconds of processor time that these processes have used, and those that they started and that have ended (a worker of Postgres). */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.ticks ?? 0), 0) / TICKS;
}

/**
 * Adds to `sums` the seconds of processor time that each process uses while `work` runs.
 * @param {Record<string, number | undefined>} pids by name @param {Record<string, number>} sums by name
 */
export async function charged(pids, sums, work) {
  const known = Object.entries(pids).filter(([, pid]) => measurable && pid !== undefined);
  const used = () => known.map(([, pid]) => cpuSeconds(treeOf(pid)));
  const before = used();
  const done = await work();
  used().forEach((after, at) => { sums[known[at][0]] = (sums[known[at][0]] ?? 0) + after - before[at]; });
  return done;
}

/** Milliseconds a request of each process that used any. */
export function msPerRequest(sums, requests) {
  return Object.fromEntries(Object.entries(sums).flatMap(([name, used]) => (used > 0.02 ? [[name, Math.round((used * 1e5) / requests) / 1e2]] : [])));
}

/**
 * PSS divides a page by those who share it, so that a sum over processes counts it once; RSS counts it for each of them.
 * @returns {{ pid: number, name: string, pssMb: number, rssMb: number }[]} MB of 10^6 bytes
 */
export function memoryOf(pids) {
  return pids.flatMap((pid) => {
    const rollup = read(pid, 'smaps_rollup');
    if (!rollup) return [];
    const megabytes = (name) => Math.round(((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) * 1024) / 1e6) * 10) / 10;
    return [{ pid, name: nameOf(pid), pssMb: megabytes('Pss'), rssMb: megabytes('Rss') }];
  });
}

/** The fields of stat are counted behind the name, which may hold anything. */
function statOf(pid) {
  const fields = read(pid, 'stat')?.replace(/^.*\) /s, '').split(' ');
  return fields ? { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) } : null;
}

/** The program, or the script where the program is Node. npm calls itself "npm start". */
function nameOf(pid) {
  const [program = String(pid), ...rest] = (read(pid, 'cmdline') ?? '').split('\0').filter(Boolean);
  if (program.startsWith('npm ')) return program;
  const script = /(^|\/)node$/.test(program) ? rest.find((word) => !word.startsWith('-')) : undefined;
  return (script ?? program).split('/').slice(-2).join('/');
}

/** Processes end while they are looked at. */
function read(pid, what) {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(error.code)) return null;
    throw error;
  }
}
