/** How refusals stand in the OpenAPI document. */
import type { ProblemCode } from '@tidemark/contracts';
import { STATUS } from '../problem/status.js';
import type { Json } from './components.js';

/** One answer per status, which names the codes that it may have. */
export function problems(codes: readonly ProblemCode[]): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(STATUS[code].status, [...(byStatus.get(STATUS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, of]) => [
      String(status),
      { description: of.map((code) => `\`${code}\``).join(', '), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  );
}
