/**
 * Configuration is one schema per service, parsed once at the start from environment variables. Every wrong variable is
 * named together with what it accepts, all in one message. A value itself is never repeated: it may be a secret.
 */
import { readFileSync } from 'node:fs';

export type Env = Readonly<Record<string, string | undefined>>;

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.length === 1 ? `configuration: ${problems[0]}` : `configuration:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** How one variable is read. */
export interface Setting<T> {
  /** What is accepted, to stand after "must be". */
  readonly accepts: string;
  /** Used where the variable is absent or empty; without one, it is required. */
  readonly fallback?: { readonly value: T };
  /** Also read from the file that `NAME_FILE` names (a mounted secret). */
  readonly fromFile?: boolean;
  /** @returns undefined where the text is not accepted */
  parse(text: string): T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Parsed<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** @throws ConfigError naming every variable that is missing or wrong */
export function readConfig<const S extends Settings>(settings: S, env: Env): Parsed<S> {
  const problems: string[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    try {
      parsed[name] = readSetting(name, setting, env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed as Parsed<S>;
}

function readSetting(name: string, setting: Setting<unknown>, env: Env): unknown {
  const text = textOf(name, setting, env);
  if (text === undefined) {
    if (setting.fallback) return setting.fallback.value;
    throw new ConfigError([`${name} is required: set it to ${setting.accepts}${setting.fromFile ? `, or ${name}_FILE to a file that holds it` : ''}`]);
  }
  const value = setting.parse(text);
  if (value === undefined) throw new ConfigError([`${name} must be ${setting.accepts}`]);
  return value;
}

function textOf(name: string, setting: Setting<unknown>, env: Env): string | undefined {
  const text = env[name]?.trim();
  if (text) return text;
  const file = setting.fromFile ? env[`${name}_FILE`]?.trim() : undefined;
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    throw new ConfigError([`${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`]);
  }
}
