/** What the documents tell people to type, and whether it exists. */

export interface Command {
  /** Where it stands: `README.md:12`. */
  where: string;
  line: string;
}

export interface Known {
  scripts: Readonly<Record<string, string>>;
  /** Sub-commands of the `tidemark` command line. */
  tidemark: readonly string[];
  exists(path: string): boolean;
}

/** Every command of the ```bash blocks; continuation lines are joined, comments and output left out. */
export function commandsIn(path: string, markdown: string): Command[] {
  const found: Command[] = [];
  let inside = false;
  let open: Command | undefined;
  markdown.split('\n').forEach((text, index) => {
    if (/^\s*```/.test(text)) {
      inside = /^\s*```(bash|sh|shell)\b/.test(text);
      open = undefined;
      return;
    }
    if (!inside || /^\s*(#|$)/.test(text)) return;
    if (open) open.line += ` ${text.trim()}`;
    else found.push((open = { where: `${path}:${index + 1}`, line: text.trim() }));
    if (!open.line.endsWith('\\')) open = undefined;
    else open.line = open.line.slice(0, -1).trim();
  });
  return found;
}

const SHORT = new Set(['start', 'test', 'stop', 'restart']);
const OWN = new Set(['ci', 'install', 'rebuild', 'ping', 'config']);

/** Why a command cannot work, or undefined when it can (or is none of ours: curl, docker, git …). */
export function problemOf({ line }: Command, known: Known): string | undefined {
  for (const part of line.split(/\s*(?:&&|\|\||;|\|)\s*/)) {
    const words = part.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word) && word !== '$');
    const [program, first = '', second = ''] = words;
    if (program === 'npm' && !OWN.has(first)) {
      const script = SHORT.has(first) ? first : first === 'run' ? second : undefined;
      if (script === undefined || !known.scripts[script]) return `npm has no script "${script ?? first}"`;
    }
    if (program === 'npx' && first === 'tidemark' && second !== '' && !second.startsWith('-') && !known.tidemark.includes(second)) return `tidemark has no command "${second}"`;
    if (program === 'node' && !first.startsWith('-') && !known.exists(first)) return `${first} does not exist`;
    if (/^\.{0,2}\/?[\w.-]+\/[\w./-]+$/.test(program ?? '') && !known.exists(program as string)) return `${program} does not exist`;
  }
  return undefined;
}
