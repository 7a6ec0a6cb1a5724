/**
 * What `Tidemark-Position` carries: the place in a log that a write reached. A read that sends it back waits until its
 * projection has come that far. Clients treat it as opaque.
 */
export interface LogPosition {
  readonly log: string;
  readonly epoch: number;
  readonly partition: number;
  readonly position: number;
}

/** `log:epoch:partition:position`, comma separated: readable in a log line, and short enough for a header. */
export function encodePositions(positions: readonly LogPosition[]): string {
  return positions.map((at) => `${at.log}:${at.epoch}:${at.partition}:${at.position}`).join(',');
}

/** @returns null where the text was not made by `encodePositions` */
export function decodePositions(text: string): LogPosition[] | null {
  const positions: LogPosition[] = [];
  if (text.length > 2_000) return null;
  for (const part of text.split(',')) {
    const match = /^([a-z]{1,40}):(\d{1,9}):(\d{1,6}):(\d{1,15})$/.exec(part);
    if (!match) return null;
    positions.push({ log: match[1] ?? '', epoch: Number(match[2]), partition: Number(match[3]), position: Number(match[4]) });
  }
  return positions;
}
