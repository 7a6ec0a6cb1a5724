/** docker-compose.yml and the Kubernetes manifests, read into one shape: what runs, with which command, variables and ports. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../style/repository.js';

export interface Workload {
  name: string;
  image: string;
  command: readonly string[];
  /** Variables as written: references are not resolved. */
  env: Readonly<Record<string, string>>;
  /** Every port that is named for it: published, probed, served by a Service. */
  ports: readonly number[];
}

interface ComposeService {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  secrets?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[] };
}

export interface Compose {
  services: Record<string, ComposeService>;
  secrets: Record<string, { environment: string }>;
  volumes: Record<string, unknown>;
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export function compose(): Compose {
  return parse(read('docker-compose.yml'), { merge: true }) as Compose;
}

export function composeWorkloads({ services }: Compose): Workload[] {
  return Object.entries(services).map(([name, { image = '', command = [], environment = {}, ports = [], healthcheck }]) => ({
    name,
    image,
    command,
    env: environment,
    ports: [...ports.flatMap((port) => port.split(':').slice(-2).map(Number)), ...[...(healthcheck?.test ?? []).join(' ').matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))],
  }));
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: Record<string, unknown> & { template?: { metadata?: { labels?: Record<string, string> }; spec: { containers: Container[] } }; selector?: unknown; ports?: { port: number }[] };
  stringData?: Record<string, string>;
}

interface Container {
  name: string;
  image: string;
  command?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  readinessProbe?: { httpGet?: { port: string } };
}

export function manifests(): Manifest[] {
  return globSync('deploy/k8s/*.yaml', { cwd: root }).flatMap((path) =>
    parseAllDocuments(read(path)).map((document) => {
      if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
      return document.toJS() as Manifest;
    }),
  );
}

export const containersOf = (manifest: Manifest): Container[] => manifest.spec?.template?.spec.containers ?? [];

export function kubernetesWorkloads(all: readonly Manifest[]): Workload[] {
  return all.flatMap((manifest) =>
    containersOf(manifest).map(({ image, command = [], env = [], ports = [] }) => ({
      name: manifest.metadata.name,
      image,
      command,
      env: Object.fromEntries(env.map(({ name, value }) => [name, value ?? '(secret)'])),
      ports: [
        ...ports.map(({ containerPort }) => containerPort),
        ...all.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === manifest.metadata.name).flatMap(({ spec }) => (spec?.ports ?? []).map(({ port }) => port)),
      ],
    })),
  );
}
