export function ensureNatsServer(root: string, progress: (what: string) => void, env?: Record<string, string | undefined>): Promise<{ remark: string; binary?: string }>;
export function releaseArchive(platform?: string, arch?: string): string | undefined;
export function verify(name: string, sums: string, data: Uint8Array): void;
