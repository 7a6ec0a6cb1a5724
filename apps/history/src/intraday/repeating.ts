/** Something that is done again and again, never twice at once; what goes wrong is told, and it goes on. */
export interface Repeating {
  /** Waits for what is being done. */
  stop(): Promise<void>;
}

export function repeating(work: () => Promise<unknown>, everyMs: number, failed: (error: unknown) => void): Repeating {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => {
      running = Promise.resolve()
        .then(work)
        .catch(failed)
        .finally(() => {
          if (!stopped) next();
        });
    }, everyMs);
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
