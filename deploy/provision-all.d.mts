export const DATABASES: readonly string[];
export function databaseOf(prefix: string): string;
