/** How files hang together: explicit imports, no barrels, nothing that nobody imports. */
import ts from 'typescript';
import { at, isCode, isProduct, isSpec, parse } from '../source-file.js';
import type { Rule, SourceFile } from '../source-file.js';

/** The root of a package lists what others may use: `index.ts` of a lib, `app.ts` of an app. */
const isPackageRoot = (path: string) => /^(libs\/[^/]+\/src\/index|apps\/[^/]+\/src\/app)\.ts$/.test(path);

export const noBarrels: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const source = parse(file);
    return source.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
      if (!statement.moduleSpecifier) return [];
      // `export * as name` at a package's root is a name as any other.
      if (!statement.exportClause) return [`${at(source, statement)}: export * hides what is exported`];
      const ours = ts.isStringLiteral(statement.moduleSpecifier) && /^(\.|@tidemark\/)/.test(statement.moduleSpecifier.text);
      return isPackageRoot(file.path) || !ours ? [] : [`${at(source, statement)}: only a package's root re-exports; import the file itself`];
    });
  });

const ENTRY = /(^|\/)(main|index|app)\.(ts|mjs)$|\.d\.(ts|mts)$|\.spec\.ts$|(^|\/)bin\//;
const CHECKED = /^(apps|libs|tools|bench|e2e|simulation)\//;

/** A source file that nothing imports and nothing names is dead. */
export const noDeadFiles: Rule = (files) => {
  const code = files.filter(isCode);
  const alive = new Set(code.flatMap((file) => importsOf(file)));
  const named = (path: string) => {
    const name = path.split('/').at(-1) as string;
    const forms = [name, name.replace(/\.ts$/, '.js')];
    return files.some((other) => other.path !== path && /\.(json|mjs|cjs|ts|ya?ml|sh)$|(^|\/)(run|Dockerfile)$/.test(other.path) && forms.some((form) => other.text.includes(`/${form}`)));
  };
  return code
    .filter(({ path }) => CHECKED.test(path) && !ENTRY.test(path) && !alive.has(path.replace(/\.[^.]+$/, '')) && !named(path))
    .map(({ path }) => `${path}: nothing imports it`);
};

/** What a file imports by a relative path, as paths from the root without their extension. */
function importsOf({ path, text }: SourceFile): string[] {
  const folder = path.split('/').slice(0, -1);
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const parts = [...folder];
    for (const part of fileName.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    return [parts.join('/').replace(/\.(js|ts|mjs|cjs|json)$/, '')];
  });
}

/** Product code speaks through its logger; the command line and a process's entry may print. */
export const noConsole: Rule = (files) =>
  files
    .filter((file) => isProduct(file) && isCode(file) && !isSpec(file) && !/^apps\/ops\//.test(file.path) && !/(^|\/)main\.ts$/.test(file.path))
    .flatMap(({ path, text }) => text.split('\n').flatMap((line, index) => (/\bconsole\.\w+\(/.test(line) && !/^\s*(\*|\/\/)/.test(line) ? [`${path}:${index + 1}: console in product code`] : [])));
