/** What the person in front of the terminal sees: one line a step with its duration, and one clear message when it fails. */

/** A failure whose message is for the user: it is printed without a stack. */
export class Plain extends Error {
  /** @param {string} message @param {string[]} [advice] what to do about it, one line each */
  constructor(message, advice = []) {
    super(message);
    this.advice = advice;
  }
}

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const dim = (text) => paint(2, text);
export const bold = (text) => paint(1, text);

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {number} since a performance.now() */
export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs one step and prints a line when it is done. The step may answer a remark, and say how far it is through `progress`,
 * which prints at most every five seconds: a long step never looks stuck, a short one is one line.
 * @template T
 * @param {string} title
 * @param {(progress: (what: string) => void) => Promise<T | { remark: string }>} work
 */
export async function step(title, work) {
  const start = performance.now();
  let latest = 'working';
  const tick = setInterval(() => say(dim(`  … ${title}: ${latest} (${seconds(start)})`)), 5_000);
  try {
    const result = await work((what) => (latest = what));
    const remark = result && typeof result === 'object' && 'remark' in result ? `: ${result.remark}` : '';
    say(`${paint(32, '✓')} ${title}${remark} ${dim(seconds(start))}`);
    return result;
  } finally {
    clearInterval(tick);
  }
}

/** Prints a failure: a Plain one as its message and advice, any other with its stack. */
export function complain(error) {
  if (!(error instanceof Plain)) {
    process.stderr.write(`${paint(31, '✗')} ${error?.stack ?? error}\n`);
    return;
  }
  process.stderr.write(`${paint(31, '✗')} ${error.message}\n${error.advice.map((line) => `  • ${line}\n`).join('')}`);
}
