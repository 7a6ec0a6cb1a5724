/** The packets of Nest's NATS transport, and the size that the bus takes. */
import type { Problem, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { refused } from './reply.js';

/** Room for the packet around the data and for headers. */
const ENVELOPE = 2_048;

/** How many bytes of data fit into one message of this connection. */
export function roomFor(connection: { info?: { max_payload: number } | undefined }): number {
  return (connection.info?.max_payload ?? 1_048_576) - ENVELOPE;
}

export function tooLargeToAnswer(bytes: number): RpcReply<never> {
  return refused(problem('payload_too_large', `the answer is too large to be sent (${bytes} bytes): ask for less, with a smaller limit or for one account or connection`));
}

export function internalProblem(requestId: string): Problem {
  return problem('internal', `something went wrong on our side; tell us the request id ${requestId}`);
}
