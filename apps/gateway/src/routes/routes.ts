/** Every route that is a request to a service. */
import { BALANCES_ROUTES } from './balances.routes.js';
import { HISTORY_ROUTES } from './history.routes.js';
import { LINKING_ROUTES } from './linking.routes.js';
import { OPERATOR_ROUTES } from './operator.routes.js';
import type { Route } from './route.js';

export const ROUTES: readonly Route[] = [...LINKING_ROUTES, ...BALANCES_ROUTES, ...HISTORY_ROUTES, ...OPERATOR_ROUTES];
