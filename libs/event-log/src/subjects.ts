/** Every subject and stream name that the log uses on the bus, in one place. */
export function streamName(partition: number): string {
  return `tidemark-${partition}`;
}

/** All logs of a partition; what its stream stores. */
export function partitionSubject(partition: number): string {
  return `tidemark.${partition}.>`;
}

export function eventSubject(partition: number, log: string, type: string): string {
  return `tidemark.${partition}.${log}.${type}`;
}

/** One type of event, of every partition. */
export function typeSubject(log: string, type: string): string {
  return `tidemark.*.${log}.${type}`;
}

export function logSubject(partition: number, log: string): string {
  return `tidemark.${partition}.${log}.>`;
}

/** Told after each commit: which partitions have something new. Best effort; everything that hears it also polls slowly. */
export function wakeSubject(log: string): string {
  return `wake.${log}`;
}

export function readSubject(log: string): string {
  return `log.read.${log}`;
}
