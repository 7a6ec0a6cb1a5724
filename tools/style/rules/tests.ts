import { isProduct, isSpec, linesMatching } from '../source-file.js';
import type { Rule } from '../source-file.js';

// Word by word, so that this very file does not match.
const FOCUSED = new RegExp(`\\b(it|test|describe)\\.(only)\\b|\\b(fit|fdescribe)\\(`);
const SKIPPED = new RegExp(`\\b(it|test|describe)\\.(skip|todo)\\b|\\b(xit|xtest|xdescribe)\\(`);
const isComment = (line: string) => /^\s*(\/\/|\*|\/\*)/.test(line) || /\/\/ \S+/.test(line);

/** A focused test silently switches off all others. */
export const noFocusedTests: Rule = (files) => linesMatching(files.filter(isSpec), FOCUSED).map(({ where }) => `${where}: a focused test switches the others off`);

/** A skipped test says why, in a comment on its line or the line before. */
export const noUnexplainedSkips: Rule = (files) =>
  linesMatching(files.filter(isSpec), SKIPPED, (line, before) => isComment(before) || isComment(line)).map(({ where }) => `${where}: a skipped test needs a comment that says why`);

/** Decisions are the heart: each has its given/when/then beside it. */
export const decisionsAreTested: Rule = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  return [...paths].filter((path) => /\.decide\.ts$/.test(path) && !paths.has(path.replace(/\.ts$/, '.spec.ts'))).map((path) => `${path}: no ${path.split('/').at(-1)?.replace(/\.ts$/, '.spec.ts')} beside it`);
};

/** A lib is what its root index names. */
export const libsHaveAnIndex: Rule = (files) => {
  const libs = new Set(files.filter(isProduct).flatMap(({ path }) => /^libs\/[^/]+(?=\/)/.exec(path) ?? []));
  const paths = new Set(files.map(({ path }) => path));
  return [...libs].filter((lib) => !paths.has(`${lib}/src/index.ts`)).map((lib) => `${lib}: no src/index.ts`);
};
