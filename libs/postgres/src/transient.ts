/** Whether trying again may help: the server or the network went away, or transactions got in each other's way. */
const CLASSES = new Set(['08', '40', '53', '57', '58']);
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT']);

/** Codes of PostgreSQL's appendix A by class: connection, rollback, resources, operator intervention, system. */
export function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return NETWORK.has(code) || (code.length === 5 && CLASSES.has(code.slice(0, 2)));
  return error instanceof Error && /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(error.message);
}
