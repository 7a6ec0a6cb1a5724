/**
 * Whom a command speaks for that is about one user's data. Nobody acts for another: the token is that user's own (`TIDEMARK_TOKEN`), else,
 * on a developer's machine, one that the gateway makes for `--user`.
 */
import type { Command } from 'commander';
import { ApiClient, ApiProblem } from '../api-client.js';
import { operatorCommand } from './operator.js';
import type { OperatorOptions } from './operator.js';

export interface UserOptions extends OperatorOptions {
  readonly user?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The options that every command about a user's data has. */
export function userCommand(parent: Command, name: string, description: string): Command {
  return operatorCommand(parent, name, description).option('--user <id>', 'whose; not needed where TIDEMARK_TOKEN is their token');
}

/** @throws where it is not known who is meant, or the token is somebody else's */
export async function userClient({ api, user }: UserOptions, env: Env = process.env): Promise<ApiClient> {
  const client = new ApiClient(`${api.replace(/\/+$/, '')}/api/v1`);
  const given = env['TIDEMARK_TOKEN'];
  if (given) {
    const subject = subjectOf(given);
    if (user !== undefined && subject !== null && subject !== user) throw new Error(`TIDEMARK_TOKEN is a token of ${subject}, and nobody acts for another user: set it to one of ${user}, or leave --user out`);
    return client.withToken(given);
  }
  if (user === undefined) throw new Error('say whose data is meant: --user <id> on a developer\'s machine, else set TIDEMARK_TOKEN to the token of the user');
  try {
    const { body } = await client.post<{ token: string }>('/dev/token', { userId: user });
    return client.withToken(body.token);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) throw new Error(`this gateway gives no tokens: set TIDEMARK_TOKEN to a token of ${user}`, { cause: error });
    throw error;
  }
}

/** As the token says, unchecked: the gateway checks it. Null where it cannot be read. */
function subjectOf(token: string): string | null {
  try {
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    // No JWT: the gateway says what is wrong with it.
    return null;
  }
}
