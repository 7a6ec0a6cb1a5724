/** `POST /dev/token`: a token for whoever asks, on a developer's machine. It is not there in production. */
import type { FastifyInstance } from 'fastify';
import { strict, UserId } from '@tidemark/contracts';
import { fieldErrors, newId } from '@tidemark/service';
import { SignJWT } from 'jose';
import Type from 'typebox';
import type { JwtConfig } from '../config.js';
import { refusal } from '../problem/answer.js';
import { textErrors } from '../http/read-input.js';

const LIFE = '12h';

export const DevTokenRequest = strict({ userId: Type.Optional(UserId), scopes: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z:._-]{1,60}$', description: 'a scope such as "ops"' }), { maxItems: 20 })) });
export const DevToken = strict({ token: Type.String(), userId: UserId });

export function devTokenRoute(scope: FastifyInstance, jwt: JwtConfig): void {
  if (jwt.kind !== 'secret') return;
  const key = new TextEncoder().encode(jwt.secret);
  scope.post('/dev/token', { config: { open: true } }, async (request, reply) => {
    const body = (request.body ?? {}) as { userId?: string; scopes?: string[] };
    const errors = fieldErrors(DevTokenRequest, body) ?? textErrors(body);
    if (errors?.length) throw refusal('validation_failed', 'the body is not accepted', { errors });
    const userId = body.userId ?? newId();
    const token = new SignJWT({ scope: (body.scopes ?? []).join(' ') }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setIssuedAt().setExpirationTime(LIFE);
    if (jwt.issuer !== undefined) token.setIssuer(jwt.issuer);
    if (jwt.audience !== undefined) token.setAudience(jwt.audience);
    return reply.header('cache-control', 'no-store').send({ token: await token.sign(key), userId });
  });
}
