/** What operators watch of reconstructions: how many wait, how long each stage takes, what became of them. */
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';

export const STAGES = ['loading', 'symbols', 'prices', 'computing', 'writing'] as const;
export type Stage = (typeof STAGES)[number];

export interface RunMetrics {
  /** One stage of one batch. */
  stage(stage: Stage, durationMs: number, accounts: number): void;
  /** `first`, `revised`, `unchanged`, `unneeded`, `empty`, `waiting`, `failed`, `lost`. */
  outcome(result: string, accounts: number): void;
  /** From request to end, of one run. */
  waited(cause: string, milliseconds: number): void;
  queue(depth: Readonly<Record<string, number>>): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function runMetrics(registry: Registry): RunMetrics {
  const registers = [registry];
  const stages = new Histogram({ name: 'tidemark_reconstruction_stage_seconds', help: 'Duration of each stage of a batch of reconstructions', labelNames: ['stage'], buckets: SECONDS, registers });
  const computed = new Counter({ name: 'tidemark_reconstruction_accounts_total', help: 'Accounts that went through each stage; its rate is accounts per second', labelNames: ['stage'], registers });
  const outcomes = new Counter({ name: 'tidemark_reconstructions_total', help: 'Reconstructions by what became of them', labelNames: ['result'], registers });
  const durations = new Histogram({ name: 'tidemark_reconstruction_duration_seconds', help: 'From request to end of a reconstruction, by cause', labelNames: ['cause'], buckets: [...SECONDS, 180, 600], registers });
  const depth = new Gauge({ name: 'tidemark_reconstruction_jobs', help: 'Reconstructions that are queued, wait for prices, or run', labelNames: ['status'], registers });
  return {
    stage: (stage, durationMs, accounts) => {
      stages.observe({ stage }, durationMs / 1_000);
      computed.inc({ stage }, accounts);
    },
    outcome: (result, accounts) => {
      if (accounts > 0) outcomes.inc({ result }, accounts);
    },
    waited: (cause, milliseconds) => durations.observe({ cause }, milliseconds / 1_000),
    queue: (counts) => {
      for (const status of ['queued', 'waiting_for_prices', 'running']) depth.set({ status }, counts[status] ?? 0);
    },
  };
}
