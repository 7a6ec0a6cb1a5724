/** What a partition's stream holds last of one log: asked after every take-over, because no window for duplicates can be trusted then. */
import { JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { WireEvent } from './wire.js';
import { logSubject, streamName } from './subjects.js';

const NO_MESSAGE = 10037;

export async function lastStored(manager: JetStreamManager, partition: number, log: string): Promise<{ epoch: number; position: number }> {
  try {
    const message = await manager.streams.getMessage(streamName(partition), { last_by_subj: logSubject(partition, log) });
    if (!message) return { epoch: 0, position: 0 };
    const event = message.json<WireEvent>();
    return { epoch: event.epoch, position: event.position };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return { epoch: 0, position: 0 };
    throw error;
  }
}
