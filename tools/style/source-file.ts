import ts from 'typescript';

/** A file as the rules see it: its path from the repository's root and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** What a rule says about a set of files: one line a breach, beginning with `path` or `path:line`. Nothing means all is well. */
export type Rule = (files: readonly SourceFile[]) => string[];

export const isCode = ({ path }: SourceFile): boolean => /\.(ts|mts|mjs|cjs|js|tsx)$/.test(path);
export const isSpec = ({ path }: SourceFile): boolean => /\.spec\.ts$/.test(path);
export const isProduct = ({ path }: SourceFile): boolean => /^(apps|libs)\//.test(path);

/** Where length limits do not hold: migrations are history, generated files are not read, data is no code. */
export const isUnlimited = ({ path }: SourceFile): boolean => /(^|\/)(migrations|generated|data)\//.test(path) || /\.generated\.ts$/.test(path);

/** Pure code: time, randomness and the outside arrive as arguments. */
export const isPure = (file: SourceFile): boolean => !isSpec(file) && (/\.decide\.ts$/.test(file.path) || /^libs\/(kernel|money|contracts)\/src\//.test(file.path));

export function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

/** `path:line` of a node, lines counted from 1. */
export function at(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}

/** Every line of the files that matches, as `path:line`, unless `excused` says otherwise of it. */
export function linesMatching(files: readonly SourceFile[], pattern: RegExp, excused: (line: string, before: string) => boolean = () => false): { where: string; line: string }[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index, lines) => (pattern.test(line) && !excused(line, lines[index - 1] ?? '') ? [{ where: `${path}:${index + 1}`, line: line.trim() }] : [])),
  );
}
