/** `@RpcMethod(contract)` makes a controller's method serve a contract over NATS; validation and error answers are `RpcServer`'s. */
import { Ctx, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import type { RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';

export type RpcHandler<C extends RpcContract> = (payload: RequestOf<C>, context: RpcContext) => Promise<RpcReply<ResponseOf<C>>>;

export function RpcMethod<C extends RpcContract>(contract: C) {
  const mark = MessagePattern(contract.subject, Transport.NATS, { contract });
  return <H extends RpcHandler<C>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<H>): void => {
    // Without these, Nest passes the first argument alone.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    mark(target, key, descriptor);
  };
}
