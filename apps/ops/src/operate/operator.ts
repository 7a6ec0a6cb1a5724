/** Who an operator's command speaks as: the token that was given (scope `ops`), else, on a developer's machine, one that the gateway makes. */
import type { Command } from 'commander';
import { ApiClient, ApiProblem } from '../api-client.js';

export interface OperatorOptions {
  readonly api: string;
  readonly json?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The options that every operator's command has. A token is taken from the environment alone: an argument would be seen in the list of processes. */
export function operatorCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--api <url>', 'where the gateway listens', process.env['TIDEMARK_API_URL'] ?? `http://127.0.0.1:${process.env['GATEWAY_HTTP_PORT'] ?? '3000'}`)
    .option('--json', 'one JSON document instead of text');
}

export async function operatorClient({ api }: OperatorOptions, env: Env = process.env): Promise<ApiClient> {
  const client = new ApiClient(`${api.replace(/\/+$/, '')}/api/v1`);
  const given = env['TIDEMARK_TOKEN'];
  if (given) return client.withToken(given);
  try {
    const { body } = await client.post<{ token: string }>('/dev/token', { userId: 'operator', scopes: ['ops'] });
    return client.withToken(body.token);
  } catch (error) {
    if (error instanceof ApiProblem) throw new Error('this gateway gives no tokens: set TIDEMARK_TOKEN to one that has the scope "ops"', { cause: error });
    throw error;
  }
}

/** Follows the cursors of a list to its end. @param path may have a query of its own */
export async function everyItem<T>(client: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: { body: { items: T[]; nextCursor: string | null } } = await client.get(`${path}${path.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
}
