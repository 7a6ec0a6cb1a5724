/** Every route that is a request to a service. */
import { ALERT_ROUTES } from './alerts.routes.js';
import { BALANCES_ROUTES } from './balances.routes.js';
import { HISTORY_ROUTES } from './history.routes.js';
import { LINKING_ROUTES } from './linking.routes.js';
import { OPERATOR_ROUTES } from './operator.routes.js';
import { RECONCILIATION_ROUTES } from './reconciliation.routes.js';
import type { Route } from './route.js';

export const ROUTES: readonly Route[] = [...LINKING_ROUTES, ...BALANCES_ROUTES, ...HISTORY_ROUTES, ...RECONCILIATION_ROUTES, ...ALERT_ROUTES, ...OPERATOR_ROUTES];
