/** Reference data: the brokerages of the world that SnapTrade reaches, and the service's own state. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import type { Institution } from '../world/world.js';
import type { Brokerage } from './authorizations.js';
import { partnerOperation } from './snaptrade-operation.js';

export function brokerageRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/', { config: { name: { operation: 'check', path: '/' } } }, async () => ({ version: 1, timestamp: sandbox.clock.now().toISOString(), online: true }));
  partnerOperation(app, sandbox, { operation: 'listAllBrokerages', method: 'GET', path: '/brokerages' }, () =>
    sandbox.world.world.institutions.filter(reached).map(brokerageView),
  );
  partnerOperation(app, sandbox, { operation: 'listAllBrokerageAuthorizationType', method: 'GET', path: '/brokerageAuthorizationTypes' }, ({ query }) => {
    const asked = query['brokerage']?.split(',');
    return sandbox.world.world.institutions
      .filter(reached)
      .filter(({ snaptrade }) => asked === undefined || asked.includes(snaptrade.slug))
      .flatMap(({ name, snaptrade }) =>
        (snaptrade.allowsTrading ? ['read', 'trade'] : ['read']).map((type) => ({
          id: uuidFor('authorization-type', snaptrade.slug, type),
          type,
          auth_type: 'OAUTH',
          brokerage: { id: snaptrade.id, name, slug: snaptrade.slug },
        })),
      );
  });
}

function reached(institution: Institution): institution is Brokerage {
  return institution.snaptrade !== undefined;
}

export function brokerageView({ name, type, url, snaptrade }: Brokerage): Record<string, unknown> {
  const kind = type === 'crypto' ? 'Crypto exchange' : 'Traditional Brokerage';
  return {
    id: snaptrade.id,
    slug: snaptrade.slug,
    name,
    display_name: name,
    description: `${name} (simulated)`,
    aws_s3_logo_url: `https://logos.example.com/${snaptrade.slug.toLowerCase()}.png`,
    aws_s3_square_logo_url: null,
    url: url ?? null,
    enabled: snaptrade.enabled ?? true,
    maintenance_mode: snaptrade.maintenanceMode ?? false,
    is_degraded: snaptrade.degraded ?? false,
    allows_trading: snaptrade.allowsTrading,
    allows_fractional_units: snaptrade.allowsFractionalUnits ?? null,
    has_reporting: null,
    is_real_time_connection: snaptrade.realTime ?? true,
    brokerage_type: { id: uuidFor('brokerage-type', kind), name: kind },
    exchanges: [],
    open_url: null,
  };
}
