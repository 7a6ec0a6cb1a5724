/** Which use case serves which request. Nothing is decided here. */
import { Controller, Inject } from '@nestjs/common';
import { connectionsRpc as rpc } from '@tidemark/contracts';
import type { RequestOf, RpcContext } from '@tidemark/contracts';
import { RpcMethod } from '@tidemark/service';
import { PARTS } from '../parts.js';
import type { Parts } from '../parts.js';
import { changeAccount } from '../use-cases/change-account.js';
import { createManualAccount } from '../use-cases/create-manual-account.js';
import { getAccount, listAccounts } from '../use-cases/list-accounts.js';
import { changeSettings, getSettings } from '../use-cases/settings.js';

@Controller()
export class AccountsController {
  constructor(@Inject(PARTS) private readonly parts: Parts) {}

  @RpcMethod(rpc.listAccounts)
  list(payload: RequestOf<typeof rpc.listAccounts>, context: RpcContext) {
    return listAccounts(this.parts, payload, context);
  }

  @RpcMethod(rpc.getAccount)
  get(payload: RequestOf<typeof rpc.getAccount>, context: RpcContext) {
    return getAccount(this.parts, payload, context);
  }

  @RpcMethod(rpc.changeAccount)
  change(payload: RequestOf<typeof rpc.changeAccount>, context: RpcContext) {
    return changeAccount(this.parts, payload, context);
  }

  @RpcMethod(rpc.createManualAccount)
  createManual(payload: RequestOf<typeof rpc.createManualAccount>, context: RpcContext) {
    return createManualAccount(this.parts, payload, context);
  }

  @RpcMethod(rpc.getSettings)
  settings(payload: RequestOf<typeof rpc.getSettings>, context: RpcContext) {
    return getSettings(this.parts, payload, context);
  }

  @RpcMethod(rpc.changeSettings)
  changeSettings(payload: RequestOf<typeof rpc.changeSettings>, context: RpcContext) {
    return changeSettings(this.parts, payload, context);
  }
}
