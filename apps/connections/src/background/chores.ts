/** What the service does by itself: the catalogue of institutions, revocations that are due, links left half done, key rotation. */
import type { ConnectionsConfig } from '../config.js';
import { importCatalogues } from '../institutions/import-catalogue.js';
import type { Parts } from '../parts.js';
import { revokeDue } from '../use-cases/revocation.js';
import { finishAbandonedLinks } from './abandoned-links.js';
import { every } from './every.js';
import type { Repeating } from './every.js';

const CATALOGUE_LOOK_MS = 60_000;
const ROTATION_LOOK_MS = 24 * 60 * 60 * 1_000;

export function startChores(parts: Parts, config: Pick<ConnectionsConfig, 'INSTITUTIONS_MAX_AGE' | 'CONNECTIONS_CHORES_EVERY'>): Repeating {
  const { logger } = parts;
  const soon = config.CONNECTIONS_CHORES_EVERY;
  const running = [
    every(CATALOGUE_LOOK_MS, 'taking in the catalogue of institutions', logger, () => importCatalogues(parts, config.INSTITUTIONS_MAX_AGE)),
    every(soon, 'revoking connections', logger, () => revokeDue(parts)),
    every(soon, 'finishing links left half done', logger, () => finishAbandonedLinks(parts)),
    every(ROTATION_LOOK_MS, 'sealing credentials with the current key', logger, async () => {
      const sealed = await parts.credentials.rotate();
      if (sealed > 0) logger.info({ count: sealed }, 'credentials were sealed with the current key');
    }),
  ];
  return { close: async () => void (await Promise.all(running.map((one) => one.close()))) };
}
