/** For a reader of settings that is pure and takes only text: it must get the content of a mounted secret, never its path. */
import { readConfig } from './config.js';
import type { Env } from './config.js';
import { optional, secret } from './settings.js';

/**
 * The environment in which each of the named secrets stands under its own name, also where only `NAME_FILE` was given.
 * @throws ConfigError naming every file that cannot be read
 */
export function withSecretFiles(env: Env, names: readonly string[]): Env {
  const found = readConfig(Object.fromEntries(names.map((name) => [name, optional(secret())])), env);
  return { ...env, ...Object.fromEntries(names.map((name) => [`${name}_FILE`, undefined])), ...found };
}
