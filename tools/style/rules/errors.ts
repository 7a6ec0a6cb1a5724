import ts from 'typescript';
import { at, isCode, parse, visit } from '../source-file.js';
import type { Rule } from '../source-file.js';

/** An error that is dropped is dropped for a reason, and the reason stands there. */
export const noSwallowedErrors: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const source = parse(file);
    const lines = file.text.split('\n');
    const found: string[] = [];
    const explained = (node: ts.Node) => {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      return lines.slice(Math.max(0, first - 1), last + 1).some((line, index) => /\/\/ \S+|\/\*|^\s*\*/.test(line) && (index > 0 || /^\s*(\/\/|\*|\/\*)/.test(line)));
    };
    visit(source, (node) => {
      if (ts.isCatchClause(node) && node.block.statements.length === 0 && !givesReason(node.block)) found.push(`${at(source, node)}: an empty catch`);
      if (isDroppingCatch(node) && !explained(node)) found.push(`${at(source, node)}: .catch() drops the error; say why in a comment or handle it`);
    });
    return found;
  });

/** A comment of at least four words is a reason; `// ignore` is none. */
const givesReason = (block: ts.Block) => /(\/\/|\/\*)\s*(\S+\s+){3,}\S+/.test(block.getText());

/** `.catch(() => undefined)`, `.catch(() => {})`, `.catch(() => null)` */
function isDroppingCatch(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || node.expression.name.text !== 'catch') return false;
  const [handler] = node.arguments;
  if (!handler || !ts.isArrowFunction(handler) || handler.parameters.length > 0) return false;
  const body = handler.body;
  return ts.isBlock(body) ? body.statements.length === 0 : /^(undefined|null|void 0)$/.test(body.getText());
}
