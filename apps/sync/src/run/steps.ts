/** The steps of a run with their durations, saved as they happen so that a person can watch a sync. */
import { instant } from '@tidemark/kernel';
import type { Clock, Result } from '@tidemark/kernel';
import type { Step } from '../job/job.js';
import type { Stop } from './failure.js';

export class Steps {
  private readonly taken: Step[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly save: (steps: readonly Step[]) => Promise<void>,
  ) {}

  get all(): readonly Step[] {
    return this.taken;
  }

  skip(name: string, detail: string): void {
    this.taken.push({ name, status: 'skipped', startedAt: instant(this.clock.now()), durationMs: 0, detail });
  }

  /** @param told what to say of a step that went well */
  async run<T>(name: string, work: () => Promise<Result<T, Stop>>, told: (value: T) => string | null = () => null): Promise<Result<T, Stop>> {
    const began = this.clock.now();
    const step: Step = { name, status: 'running', startedAt: instant(began), durationMs: null, detail: null };
    const at = this.taken.push(step) - 1;
    await this.save(this.taken);
    const result = await work();
    const detail = result.ok ? told(result.value) : result.error.detail;
    this.taken[at] = { ...step, status: result.ok ? 'done' : 'failed', durationMs: Math.round(this.clock.now() - began), detail };
    return result;
  }
}
