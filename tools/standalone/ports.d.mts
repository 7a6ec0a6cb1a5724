export const PORTS: Readonly<Record<'gateway' | 'connections' | 'sync' | 'snapshots' | 'history' | 'reconciliation' | 'alerts' | 'sandbox', { variable: string; standard: number }>>;
export function choosePorts(env: Record<string, string | undefined>): Record<keyof typeof PORTS, number>;
/** The gateway's port is known before it starts: webhooks are sent there. */
export function settledPorts<P extends Record<string, number>>(ports: P): Promise<P>;
export function demandFree(ports: Record<string, number>): Promise<void>;
