import ts from 'typescript';
import { at, isCode, isUnlimited, parse, visit } from '../source-file.js';
import type { Rule, SourceFile } from '../source-file.js';

const FILE_LIMIT = 300;
const FUNCTION_LIMIT = 70;
const MEDIAN_LIMIT = 80;
const P90_LIMIT = 200;

const limited = (files: readonly SourceFile[]) => files.filter((file) => isCode(file) && !isUnlimited(file));
const lineCount = (text: string) => text.replace(/\n$/, '').split('\n').length;

export const fileLength: Rule = (files) =>
  limited(files).flatMap(({ path, text }) => (lineCount(text) > FILE_LIMIT ? [`${path}: ${lineCount(text)} lines, at most ${FILE_LIMIT}`] : []));

/** The median and the ninetieth percentile of the lengths of all code files. */
export function lengths(files: readonly SourceFile[]): { median: number; p90: number } {
  const sorted = limited(files).map(({ text }) => lineCount(text)).sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { median: quantile(0.5), p90: quantile(0.9) };
}

export const typicalLength: Rule = (files) => {
  const { median, p90 } = lengths(files);
  return [...(median > MEDIAN_LIMIT ? [`the median file has ${median} lines, at most ${MEDIAN_LIMIT}`] : []), ...(p90 > P90_LIMIT ? [`a tenth of the files have over ${p90} lines, at most ${P90_LIMIT}`] : [])];
};

/** A `describe` is a chapter of a spec, not a function. */
function isChapter(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

export const functionLength: Rule = (files) =>
  limited(files).flatMap((file) => {
    const source = parse(file);
    const long: string[] = [];
    visit(source, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body || isChapter(node)) return;
      const line = (position: number) => source.getLineAndCharacterOfPosition(position).line;
      const length = line(node.getEnd()) - line(node.getStart(source)) + 1;
      if (length > FUNCTION_LIMIT) long.push(`${at(source, node)}: a function of ${length} lines, at most ${FUNCTION_LIMIT}`);
    });
    return long;
  });
