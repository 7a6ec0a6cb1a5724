export function installDependencies(root: string, progress: (what: string) => void): Promise<{ remark: string }>;
export function installEnvironment(env: Record<string, string | undefined>): Record<string, string | undefined>;
export function matchesLock(root: string): boolean;
