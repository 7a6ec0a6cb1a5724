/**
 * A small Secrets Manager for tests: the operations this library uses, in AWS's JSON 1.1 protocol (POST, the operation in
 * `X-Amz-Target`, errors as `{"__type", "message"}`), so that the official SDK is exercised down to the wire.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Held {
  value: string;
  tags: { Key: string; Value: string }[];
  deleted: boolean;
}

export interface SecretsManagerServer {
  readonly url: string;
  readonly requests: { operation: string; authorization: string; body: Record<string, unknown> }[];
  scheduleDeletion(name: string): void;
  close(): Promise<void>;
}

class Failure extends Error {
  constructor(readonly type: string, message: string) {
    super(message);
  }
}

export async function startSecretsManager(): Promise<SecretsManagerServer> {
  const secrets = new Map<string, Held>();
  const requests: SecretsManagerServer['requests'] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const body = JSON.parse(text) as Record<string, unknown>;
      requests.push({ operation, authorization: String(request.headers.authorization ?? ''), body });
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      try {
        response.end(JSON.stringify(answer(secrets, operation, body)));
      } catch (error) {
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: error instanceof Failure ? error.type : 'InternalServiceError', message: String((error as Error).message) }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    scheduleDeletion: (name) => {
      const held = secrets.get(name);
      if (held) held.deleted = true;
    },
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(secrets: Map<string, Held>, operation: string, body: Record<string, unknown>): unknown {
  const name = (body['SecretId'] ?? body['Name'] ?? '') as string;
  const held = secrets.get(name);
  const there = (): Held => {
    if (!held) throw new Failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (held.deleted) throw new Failure('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.");
    return held;
  };
  switch (operation) {
    case 'CreateSecret':
      if (held?.deleted) throw new Failure('InvalidRequestException', "You can't create this secret because a secret with this name is already scheduled for deletion.");
      if (held) throw new Failure('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
      secrets.set(name, { value: String(body['SecretString']), tags: (body['Tags'] as Held['tags'] | undefined) ?? [], deleted: false });
      return { Name: name };
    case 'PutSecretValue':
      there().value = String(body['SecretString']);
      return { Name: name };
    case 'GetSecretValue':
      return { Name: name, SecretString: there().value };
    case 'DeleteSecret':
      there();
      secrets.delete(name);
      return { Name: name };
    case 'RestoreSecret':
      if (held) held.deleted = false;
      return { Name: name };
    case 'ListSecrets': {
      const wanted = (body['Filters'] as { Values: string[] }[] | undefined)?.[0]?.Values[0] ?? '';
      const found = [...secrets].filter(([, one]) => !one.deleted && one.tags.some((tag) => tag.Value.startsWith(wanted))).map(([Name]) => ({ Name }));
      const from = Number(body['NextToken'] ?? 0);
      return { SecretList: found.slice(from, from + 1), ...(from + 1 < found.length ? { NextToken: String(from + 1) } : {}) };
    }
    default:
      throw new Failure('UnknownOperationException', operation);
  }
}
