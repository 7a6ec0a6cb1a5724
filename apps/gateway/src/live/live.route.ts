/**
 * The WebSocket `/live`: values, syncs and connections as they change. The token comes in the first message, in the handshake's Authorization
 * header, or, for browsers, which can set no header, in `Sec-WebSocket-Protocol: tidemark.live, bearer.<token>`; never in the address, which
 * proxies and logs keep. A page of another origin that is not on the list is refused: browsers do not keep sockets to their own origin.
 */
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { NatsConnection } from '@nats-io/nats-core';
import { systemClock } from '@tidemark/service';
import type { Logger, RpcClient } from '@tidemark/service';
import type { Duplex } from 'node:stream';
import type { Registry } from 'prom-client';
import type { VerifyToken } from '../auth/verify-token.js';
import type { GatewayConfig } from '../config.js';
import { refusal } from '../problem/answer.js';
import { EventHub } from './event-hub.js';
import { CLOSE, LIVE_PROTOCOL } from './live-messages.js';
import { liveMetrics } from './live-metrics.js';
import { LiveSocket } from './live-socket.js';
import { ValueHub } from './value-hub.js';

export interface LiveOptions {
  readonly config: Pick<GatewayConfig, 'GATEWAY_CORS_ORIGINS' | 'GATEWAY_LIVE_PER_USER' | 'GATEWAY_LIVE_MESSAGES' | 'GATEWAY_LIVE_VALUES' | 'GATEWAY_LIVE_HEARTBEAT' | 'GATEWAY_LIVE_RENEW'>;
  readonly nats: NatsConnection;
  readonly rpc: RpcClient;
  readonly verify: VerifyToken;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Aborted when the gateway stops. */
  readonly stopping: AbortSignal;
}

const BEARER = 'bearer.';
/** A token, and little else, is in a message. */
const LARGEST_MESSAGE = 16 * 1_024;
const TOKEN_MS = 10_000;
/** What asks for an upgrade and does not become a socket of ours is no longer HTTP to Node, which then has no time-outs for it. */
const UPGRADE_MS = 30_000;

export async function liveRoute(scope: FastifyInstance, options: LiveOptions): Promise<void> {
  const { config, nats, rpc, verify, log, stopping } = options;
  const values = new ValueHub({ nats, rpc, log, renewMs: config.GATEWAY_LIVE_RENEW });
  const events = new EventHub({ nats, log });
  const limits = { perUser: config.GATEWAY_LIVE_PER_USER, messagesPerMinute: config.GATEWAY_LIVE_MESSAGES, values: config.GATEWAY_LIVE_VALUES, tokenMs: TOKEN_MS, heartbeatMs: config.GATEWAY_LIVE_HEARTBEAT };
  const parts = { verify, values, events, log, metrics: liveMetrics(options.metrics), limits, open: new Map<string, number>(), now: () => systemClock.now() };
  const sockets = new Set<LiveSocket>();
  stopping.addEventListener('abort', () => {
    for (const socket of sockets) socket.close(CLOSE.stopping);
  });
  scope.addHook('onClose', async () => {
    events.close();
    await values.close();
  });
  scope.server.on('upgrade', (_request, socket: Duplex & { setTimeout?(ms: number, then: () => void): void }) => socket.setTimeout?.(UPGRADE_MS, () => socket.destroy()));
  await scope.register(websocket, {
    options: { maxPayload: LARGEST_MESSAGE, perMessageDeflate: false, clientTracking: true, handleProtocols: (offered: Set<string>) => (offered.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false) },
    // Too large or malformed frames end the socket with the code that the protocol has for them.
    errorHandler: (error) => log.debug({ cause: error.message }, 'a live socket failed'),
  });
  scope.route({
    method: 'GET',
    url: '/live',
    exposeHeadRoute: false,
    config: { open: true },
    preValidation: async (request) => {
      if (!isOurs(request, config.GATEWAY_CORS_ORIGINS)) throw refusal('forbidden', 'pages of this origin may not open a live socket; the operator can allow it with GATEWAY_CORS_ORIGINS');
      if (stopping.aborted) throw refusal('unavailable', 'the gateway is stopping; try again in a moment');
    },
    handler: async () => {
      throw refusal('validation_failed', 'this address is a WebSocket: open it with wss:// and send {"token": "…"}', { headers: { upgrade: 'websocket' } });
    },
    wsHandler: (socket, request) => {
      const live = new LiveSocket(socket, parts);
      sockets.add(live);
      socket.once('close', () => sockets.delete(live));
      const token = tokenOf(request);
      if (token !== null) live.authenticate(token);
    },
  });
}

/** Only browsers send an origin. Ours is that of the address asked for. */
function isOurs(request: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

function tokenOf({ headers }: FastifyRequest): string | null {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()).find((name) => name.startsWith(BEARER));
  return offered?.slice(BEARER.length) ?? /^bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
