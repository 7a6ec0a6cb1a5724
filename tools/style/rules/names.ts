/** Names that say nothing are not used: a file or an export is named after what it knows. */
import ts from 'typescript';
import { at, isCode, parse } from '../source-file.js';
import type { Rule } from '../source-file.js';

const BANNED = new Set(['helper', 'helpers', 'util', 'utils', 'utility', 'utilities', 'common', 'manager', 'managers', 'base']);

/** Where a banned word is part of a standard term: base currency, base URL, base64, AWS Secrets Manager, TypeORM's own manager. */
const TERMS = /^(base (currency|currencies|url|urls|path|unit|units|64|asset)|secrets manager|secrets managers|entity manager)$/;

/** The words of a name: `fooBar`, `FooBar`, `foo-bar`, `FOO_BAR` → foo bar. */
export function wordsOf(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}

export function bannedWord(name: string): string | undefined {
  const words = wordsOf(name);
  const inTerm = (index: number) => TERMS.test(`${words[index]} ${words[index + 1]}`) || TERMS.test(`${words[index - 1]} ${words[index]}`);
  return words.find((word, index) => BANNED.has(word) && !inTerm(index));
}

// What a build tool demands to be called so.
const TOOL_FILES = /(^|\/)tsconfig\.base\.json$/;

export const fileNames: Rule = (files) =>
  files.flatMap(({ path }) => {
    const word = TOOL_FILES.test(path) ? undefined : path.split('/').map((part) => bannedWord(part)).find(Boolean);
    return word ? [`${path}: "${word}" in a file's name says nothing`] : [];
  });

export const exportedNames: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const source = parse(file);
    return source.statements.flatMap((statement) =>
      exportsOf(statement).flatMap((name) => {
        const word = bannedWord(name);
        return word ? [`${at(source, statement)}: "${word}" in ${name} says nothing`] : [];
      }),
    );
  });

function exportsOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    return statement.exportClause && ts.isNamedExports(statement.exportClause) ? statement.exportClause.elements.map(({ name }) => name.text) : [];
  }
  const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!exported) return [];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { name?: ts.Node };
  return name ? [name.getText()] : [];
}
