/** Which use case serves which request. Nothing is decided here. */
import { Controller, Inject } from '@nestjs/common';
import { connectionsRpc as rpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext } from '@tidemark/contracts';
import { RpcMethod } from '@tidemark/service';
import { PARTS } from '../parts.js';
import type { Parts } from '../parts.js';
import { completeLink } from '../use-cases/complete-link.js';
import { disconnect } from '../use-cases/disconnect.js';
import { linkAccount } from '../use-cases/link-account.js';
import { getConnection, listConnections } from '../use-cases/list-connections.js';
import { listInstitutions } from '../use-cases/list-institutions.js';
import { observeAccounts } from '../use-cases/observe-accounts.js';
import { reconnect } from '../use-cases/reconnect.js';

@Controller()
export class ConnectionsController {
  constructor(@Inject(PARTS) private readonly parts: Parts) {}

  @RpcMethod(rpc.listInstitutions)
  institutions(payload: RequestOf<typeof rpc.listInstitutions>) {
    return listInstitutions(this.parts, payload);
  }

  @RpcMethod(rpc.requestConnection)
  request(payload: RequestOf<typeof rpc.requestConnection>, context: RpcContext) {
    return linkAccount(this.parts, payload, context);
  }

  @RpcMethod(rpc.completeConnection)
  complete(payload: RequestOf<typeof rpc.completeConnection>, context: RpcContext) {
    return completeLink(this.parts, payload, context);
  }

  @RpcMethod(rpc.listConnections)
  list(payload: RequestOf<typeof rpc.listConnections>, context: RpcContext) {
    return listConnections(this.parts, payload, context);
  }

  @RpcMethod(rpc.getConnection)
  get(payload: RequestOf<typeof rpc.getConnection>, context: RpcContext) {
    return getConnection(this.parts, payload, context);
  }

  @RpcMethod(rpc.reconnectConnection)
  reconnect(payload: RequestOf<typeof rpc.reconnectConnection>, context: RpcContext) {
    return reconnect(this.parts, payload, context);
  }

  @RpcMethod(rpc.removeConnection)
  remove(payload: RequestOf<typeof rpc.removeConnection>, context: RpcContext) {
    return disconnect(this.parts, payload, context);
  }

  @RpcMethod(rpc.observeAccounts)
  observe(payload: RequestOf<typeof rpc.observeAccounts>, context: RpcContext) {
    return observeAccounts(this.parts, payload, context);
  }
}
