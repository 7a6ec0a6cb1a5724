type Env = Record<string, string | undefined>;
interface Running {
  name: string;
  port: number;
  close(): Promise<void>;
}
export const SERVICES: readonly string[];
export function startServices(environments: Record<string, Env>, load: (name: string) => Promise<{ service?: { name: string; start(env: Env): Promise<Running> } }>, progress: (what: string) => void): Promise<Running[]>;
export function stopServices(running: readonly Running[]): Promise<void>;
