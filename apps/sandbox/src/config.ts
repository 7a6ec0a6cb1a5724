/** The environment of the sandbox's process, parsed once; a wrong value names the variable and what it accepts. */
import { readFileSync } from 'node:fs';
import { DEFAULT_CREDENTIALS, type SandboxOptions } from './app.js';
import type { World } from './world/world.js';

export function optionsFrom(env: Record<string, string | undefined>): SandboxOptions {
  const stateFile = env['SANDBOX_STATE'];
  const seed = env['SANDBOX_SEED'];
  const { plaid, snaptrade, fmp } = DEFAULT_CREDENTIALS;
  return {
    port: whole('SANDBOX_PORT', env['SANDBOX_PORT'] ?? '3100', 65_535),
    host: env['SANDBOX_HOST'] ?? '127.0.0.1',
    ...(env['SANDBOX_WORLD'] === undefined ? {} : { world: worldFrom(env['SANDBOX_WORLD']) }),
    webhooks: {
      ...address('plaid', 'SANDBOX_PLAID_WEBHOOK', env['SANDBOX_PLAID_WEBHOOK']),
      ...address('snaptrade', 'SANDBOX_SNAPTRADE_WEBHOOK', env['SANDBOX_SNAPTRADE_WEBHOOK']),
    },
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(seed === undefined ? {} : { seed: whole('SANDBOX_SEED', seed, Number.MAX_SAFE_INTEGER) }),
    credentials: {
      plaid: { clientId: env['SANDBOX_PLAID_CLIENT_ID'] ?? plaid.clientId, secret: env['SANDBOX_PLAID_SECRET'] ?? plaid.secret },
      snaptrade: { clientId: env['SANDBOX_SNAPTRADE_CLIENT_ID'] ?? snaptrade.clientId, consumerKey: env['SANDBOX_SNAPTRADE_CONSUMER_KEY'] ?? snaptrade.consumerKey },
      fmp: { apiKey: env['SANDBOX_FMP_API_KEY'] ?? fmp.apiKey },
    },
  };
}

function address(provider: 'plaid' | 'snaptrade', name: string, text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  if (!URL.canParse(text)) throw new Error(`${name} must be a URL such as http://127.0.0.1:3000/api/v1/webhooks/${provider}, not "${text}"`);
  return { [provider]: text };
}

function whole(name: string, text: string, most: number): number {
  if (!/^\d+$/.test(text) || Number(text) > most) throw new Error(`${name} must be a whole number between 0 and ${most}, not "${text}"`);
  return Number(text);
}

function worldFrom(path: string): World {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as World;
  } catch (cause) {
    throw new Error(`SANDBOX_WORLD must name a JSON file with a world: ${path} cannot be read as one`, { cause });
  }
}
