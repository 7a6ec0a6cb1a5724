import ts from 'typescript';
import { at, isPure, parse, visit } from '../source-file.js';
import type { Rule } from '../source-file.js';

const IMPURE = /^(Date\.now|Math\.random|performance\.now|crypto\.(randomUUID|getRandomValues)|process\..+|console\..+)$/;
const IMPURE_CALLS = /^(setTimeout|setInterval|setImmediate|queueMicrotask|fetch)$/;

/** Pure code asks neither the clock, nor chance, nor the process it runs in. */
export const pureCodeIsPure: Rule = (files) =>
  files.filter(isPure).flatMap((file) => {
    const source = parse(file);
    const found: string[] = [];
    const report = (node: ts.Node, what: string) => found.push(`${at(source, node)}: ${what} in pure code; take it as an argument`);
    visit(source, (node) => {
      if (ts.isPropertyAccessExpression(node) && IMPURE.test(node.getText())) report(node, node.getText());
      if (ts.isCallExpression(node) && IMPURE_CALLS.test(node.expression.getText())) report(node, `${node.expression.getText()}()`);
      const isDate = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date';
      if (isDate && !node.arguments?.length) report(node, 'the current date');
    });
    return found;
  });
