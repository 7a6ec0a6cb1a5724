export function demandNotRunning(folder: string): void;
export function writeNote(folder: string, addresses: Record<string, unknown>): void;
export function removeNote(folder: string): void;
