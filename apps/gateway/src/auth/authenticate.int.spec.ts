import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { refusal } from '../problem/answer.js';
import type { Refusal } from '../problem/answer.js';
import { enforce, identify } from './authenticate.js';

describe('a route that needs a scope', () => {
  it('is for tokens that have it', async () => {
    const server = fastify();
    server.setErrorHandler((error: Refusal, _request, reply) => reply.status(400).send({ code: error.problem.code }));
    identify(server, async (token) => {
      if (token === 'bad') throw refusal('unauthenticated', 'the token is not valid');
      return { userId: 'ann', scopes: token.split(','), expiresAt: 0 };
    });
    enforce(server);
    server.get('/', { config: { scope: 'ops' } }, async () => ({ code: null }));
    const ask = async (token: string) => (await server.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })).json<{ code: string | null }>().code;
    expect([await ask('read,ops'), await ask('read'), await ask('bad')]).toEqual([null, 'forbidden', 'unauthenticated']);
    await server.close();
  });
});
