/**
 * What is said over `/live`, both ways; docs/live.md shows it, and its examples are checked against these schemas. A client's message does
 * one or more of: give a token, subscribe, unsubscribe, ask for a sign of life.
 */
import { alertsRpc, CurrencyCode, Instant, liveRpc, nullable, oneOf, PROBLEM_CODES, strict, Uuid } from '@tidemark/contracts';
import Type from 'typebox';
import type { Static } from 'typebox';

/** What a browser offers beside `bearer.<token>`. */
export const LIVE_PROTOCOL = 'tidemark.live';

export const CHANNELS = ['value', 'sync', 'alerts', 'connections'] as const;
export type Channel = (typeof CHANNELS)[number];

const Channels = Type.Array(oneOf(CHANNELS), { minItems: 1, maxItems: 4 });

/** `account`, `source` and `currency` say which values are meant; the other channels are about all of a user's connections. */
export const ClientMessage = Type.Object(
  {
    token: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192, description: 'the same token as of requests; needed first where the handshake carried none; a newer one of the same user keeps the socket open for longer' })),
    subscribe: Type.Optional(Channels),
    unsubscribe: Type.Optional(Channels),
    ...liveRpc.LiveScope.properties,
    ping: Type.Optional(Type.String({ maxLength: 100, description: 'comes back as `pong`' })),
  },
  { additionalProperties: false, minProperties: 1 },
);
type Source = (typeof liveRpc.SOURCES)[number];
export type ClientMessage = Omit<Static<typeof ClientMessage>, 'subscribe' | 'unsubscribe' | 'source'> & { readonly subscribe?: readonly Channel[]; readonly unsubscribe?: readonly Channel[]; readonly source?: Source };

export const ValueMessage = liveRpc.LiveValueMessage;

/** How a sync goes. `retryAt`: when a failed one is tried again; null: not by itself. */
export const SyncMessage = strict({
  channel: oneOf(['sync']),
  data: strict({
    status: oneOf(['started', 'completed', 'failed']),
    connectionId: Uuid,
    syncId: Uuid,
    provider: Type.String(),
    snapshots: Type.Optional(Type.Integer()),
    transactions: Type.Optional(Type.Integer()),
    code: Type.Optional(Type.String()),
    detail: Type.Optional(Type.String()),
    retryAt: Type.Optional(nullable(Instant)),
  }),
  at: Instant,
});

export const CONNECTION_CHANGES = ['linked', 'degraded', 'reauth_required', 'restored', 'removed', 'account_discovered', 'account_updated', 'account_closed', 'duplicate_flagged'] as const;
/** What became of a connection or of an account of it: reason to read it again. */
export const ConnectionMessage = strict({
  channel: oneOf(['connections']),
  data: strict({
    change: oneOf(CONNECTION_CHANGES),
    connectionId: Uuid,
    accountId: Type.Optional(Uuid),
    duplicateOf: Type.Optional(nullable(Uuid)),
    code: Type.Optional(Type.String()),
    detail: Type.Optional(Type.String()),
  }),
  at: Instant,
});

/** A rule became true. What was muted is not told. */
export const AlertMessage = strict({ channel: oneOf(['alerts']), data: alertsRpc.AlertMessage, at: Instant });

const Scope = { account: nullable(Uuid), source: oneOf(liveRpc.SOURCES), currency: nullable(CurrencyCode) };
export const Authenticated = strict({ authenticated: strict({ userId: Type.String(), expiresAt: Instant }) });
export const Subscribed = strict({ subscribed: Channels, ...Scope });
export const Unsubscribed = strict({ unsubscribed: Channels, ...Scope });
export const Pong = strict({ pong: Type.String() });
/** A refusal; the socket stays open. `errors` name the fields of the client's message. */
export const LiveError = strict({ error: strict({ code: oneOf(PROBLEM_CODES), detail: Type.String(), errors: Type.Optional(Type.Array(strict({ field: Type.String(), message: Type.String() }))), account: Type.Optional(Uuid) }) });

export const ServerMessage = Type.Union([ValueMessage, SyncMessage, ConnectionMessage, AlertMessage, Authenticated, Subscribed, Unsubscribed, Pong, LiveError]);
export type ServerMessage = Static<typeof ServerMessage>;

/** Why the gateway closes a socket. 4000–4999 are free for applications (RFC 6455, section 7.4.2). */
export const CLOSE = {
  stopping: { code: 1001, reason: 'the gateway stops; connect again' },
  binary: { code: 1003, reason: 'messages are JSON text' },
  unreadable: { code: 4400, reason: 'too many messages that are not accepted' },
  unauthenticated: { code: 4401, reason: 'the token is not accepted' },
  expired: { code: 4401, reason: 'the token has expired' },
  noToken: { code: 4408, reason: 'no token in time' },
  slow: { code: 4413, reason: 'too many events wait; read faster and connect again' },
  tooMany: { code: 4429, reason: 'too many sockets or messages' },
} as const;
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE];
