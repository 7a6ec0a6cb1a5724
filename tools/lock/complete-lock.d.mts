export interface LockEntry {
  version?: string;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
}
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined;
export function missingEntries(packages: Record<string, LockEntry>): Record<string, LockEntry & { os: string[]; cpu: string[]; optional: boolean }>;
