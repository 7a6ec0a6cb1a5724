/** Where the local installation listens, and whether it can. */
import { createServer } from 'node:net';
import { Plain } from '../bootstrap/console.mjs';

/** Service → the variable that moves it, and where it listens without one. */
export const PORTS = {
  gateway: { variable: 'GATEWAY_HTTP_PORT', standard: 3000 },
  connections: { variable: 'CONNECTIONS_HTTP_PORT', standard: 3001 },
  sync: { variable: 'SYNC_HTTP_PORT', standard: 3002 },
  snapshots: { variable: 'SNAPSHOTS_HTTP_PORT', standard: 3003 },
  history: { variable: 'HISTORY_HTTP_PORT', standard: 3004 },
  reconciliation: { variable: 'RECONCILIATION_HTTP_PORT', standard: 3005 },
  alerts: { variable: 'ALERTS_HTTP_PORT', standard: 3006 },
  sandbox: { variable: 'SANDBOX_PORT', standard: 3100 },
};

/** @param {Record<string, string | undefined>} env @returns {Record<keyof typeof PORTS, number>} */
export function choosePorts(env) {
  return Object.fromEntries(Object.entries(PORTS).map(([service, { variable, standard }]) => [service, parse(variable, env[variable], standard)]));
}

function parse(variable, text, standard) {
  if (text === undefined || text === '') return standard;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new Plain(`${variable} must be a port from 1 to 65535, or 0 for any free one; it is "${text}"`);
  return port;
}

/** Throws one message that names every port that is taken. @param {Record<string, number>} ports */
export async function demandFree(ports) {
  const taken = [];
  for (const [service, port] of Object.entries(ports)) if (port !== 0 && !(await free(port))) taken.push([service, port]);
  if (taken.length === 0) return;
  throw new Plain(`${taken.map(([service, port]) => `port ${port} (${service})`).join(' and ')} ${taken.length > 1 ? 'are' : 'is'} in use`, [
    'stop what listens there, or',
    `choose another: ${taken.map(([service, port]) => `${PORTS[service].variable}=${port + 1000}`).join(' ')} npm start`,
  ]);
}

/** The gateway's port is known before it starts: webhooks are sent there. @param {Record<string, number>} ports */
export async function settledPorts(ports) {
  return ports.gateway === 0 ? { ...ports, gateway: await anyFree() } : ports;
}

function anyFree() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(portError(0, error)));
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function free(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(portError(port, error))));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const portError = (port, error) => new Plain(`cannot listen on port ${port}: ${error.message}`, error.code === 'EACCES' ? ['ports below 1024 need privileges: choose a higher one'] : []);
