/** /institutions/get and /institutions/get_by_id: those of the world that Plaid reaches. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { Institution } from '../world/world.js';
import { PlaidError } from './plaid-error.js';
import { clientOperation, count, options, text, texts } from './plaid-operation.js';

export function institutionRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  clientOperation(
    app,
    sandbox,
    { operation: 'institutionsGet', path: '/institutions/get', limit: { perClient: 50, code: 'INSTITUTIONS_GET_LIMIT' } },
    (body) => {
      const size = count(body, 'count', null, 1, 500);
      const offset = count(body, 'offset', null, 0, Number.MAX_SAFE_INTEGER);
      const products = texts(options(body), 'products');
      const all = sandbox.world.world.institutions.filter(
        ({ plaid }) => plaid !== undefined && products.every((product) => plaid.products.includes(product)),
      );
      return { institutions: all.slice(offset, offset + size).map(institutionView), total: all.length };
    },
  );
  clientOperation(
    app,
    sandbox,
    { operation: 'institutionsGetById', path: '/institutions/get_by_id', limit: { perClient: 400, code: 'INSTITUTIONS_GET_BY_ID_LIMIT' } },
    (body) => {
      const institution = sandbox.world.institutionByPlaidId(text(body, 'institution_id'));
      if (institution === undefined) throw new PlaidError('INVALID_INSTITUTION');
      return { institution: institutionView(institution) };
    },
  );
}

function institutionView({ name, url, plaid }: Institution): Record<string, unknown> {
  return {
    institution_id: plaid?.id,
    name,
    products: plaid?.products ?? [],
    country_codes: ['US'],
    url: url ?? null,
    primary_color: null,
    logo: null,
    routing_numbers: plaid?.routingNumbers ?? [],
    dtc_numbers: [],
    oauth: plaid?.oauth ?? false,
  };
}
