import { AccountsController } from './rpc/accounts.controller.js';
import { ConnectionsController } from './rpc/connections.controller.js';
import { PARTS } from './parts.js';
import type { Parts } from './parts.js';

class ConnectionsModule {}

/** The service's Nest module around parts that were made before Nest. */
export function connectionsModule(parts: Parts) {
  return { module: ConnectionsModule, controllers: [ConnectionsController, AccountsController], providers: [{ provide: PARTS, useValue: parts }] };
}
