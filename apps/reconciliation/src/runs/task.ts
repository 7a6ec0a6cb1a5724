/** One fetch of one run, as the durable queue holds it. */
export interface Task {
  readonly taskId: string;
  readonly runId: string;
  readonly userId: string;
  readonly provider: string;
  /** Null where no provider is asked. */
  readonly connectionId: string | null;
  readonly accountIds: readonly string[];
  /** From 1; how often a worker has taken it. */
  readonly attempt: number;
  /** Raised each time a worker takes it, never lowered: whoever holds an older one can write nothing. */
  readonly fence: number;
}

/** Another worker has the task, or it is gone: nothing of what was found may be written. */
export class TaskLost extends Error {
  constructor(taskId: string) {
    super(`task ${taskId} is another worker's now, or was erased`);
    this.name = 'TaskLost';
  }
}
