/**
 * Links outlive the process where a file is named: a second `npm start` finds the demo user's items still linked.
 * Written whole to a neighbour and renamed, at most a few times a second.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LinkState } from './link-state.js';

const PAUSE_MS = 200;

export class StateFile {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly path: string,
    private readonly state: LinkState,
  ) {}

  /** @throws where the file is there but cannot be read: silently starting empty would lose links */
  load(): void {
    if (!existsSync(this.path)) return;
    try {
      this.state.restore(JSON.parse(readFileSync(this.path, 'utf8')) as Record<string, unknown>);
    } catch (cause) {
      throw new Error(`the sandbox's state file ${this.path} cannot be read; repair or delete it`, { cause });
    }
  }

  changed(): void {
    this.#timer ??= setTimeout(() => this.write(), PAUSE_MS).unref();
  }

  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(`${this.path}.new`, JSON.stringify(this.state.toJson()), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}
