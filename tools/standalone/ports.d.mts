export const PORTS: Readonly<Record<'gateway' | 'connections' | 'sync' | 'snapshots' | 'sandbox', { variable: string; standard: number }>>;
export function choosePorts(env: Record<string, string | undefined>): Record<keyof typeof PORTS, number>;
export function demandFree(ports: Record<string, number>): Promise<void>;
