/**
 * Takes the providers' catalogues in, in the background and page by page: nothing waits for it, and until it is through only the
 * coverage map's institutions can be found. What was listed in one run and not in the next is gone; a run that fails changes nothing
 * that clients see.
 */
import type { CatalogueInstitution } from '@tidemark/providers';
import type { SqlClient } from '@tidemark/postgres';
import { giveUpClaim, takeClaim } from '../claim.js';
import type { ConfiguredProvider, Parts } from '../parts.js';
import type { Coverage } from '../routing/coverage.js';
import { nameKey } from '../routing/institution-name.js';
import { publishUnlisted } from './publish.js';

const CLAIM_MS = 10 * 60_000;
const PAGES_A_LINE = 10;

/** Imports every provider whose catalogue is older than `maxAgeMs`. @throws where one failed, after the others were tried */
export async function importCatalogues(parts: Parts, maxAgeMs: number): Promise<void> {
  const failures: string[] = [];
  for (const provider of parts.providers.values()) {
    const failed = await importIfOld(parts, provider, maxAgeMs).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (failed) failures.push(`${provider.port.id}: ${failed}`);
  }
  if (failures.length > 0) throw new Error(`the catalogue of institutions could not be taken in (${failures.join('; ')})`);
}

async function importIfOld(parts: Parts, provider: ConfiguredProvider, maxAgeMs: number): Promise<string | null> {
  const { database } = parts;
  const id = provider.port.id;
  const { rowCount } = await database.query('SELECT 1 FROM institution_import WHERE provider = $1 AND finished_at > now() - $2::interval', [id, `${maxAgeMs} milliseconds`]);
  if (rowCount > 0) return null;
  const holder = parts.newId();
  if (!(await takeClaim(database, `import/${id}`, holder, CLAIM_MS))) return null;
  try {
    return await importOne(parts, provider);
  } finally {
    await giveUpClaim(database, `import/${id}`, holder);
  }
}

/** @returns why it failed, or null */
async function importOne({ database, coverage, logger }: Parts, { port }: ConfiguredProvider): Promise<string | null> {
  const began = performance.now();
  const { rows } = await database.query<{ now: string }>('SELECT clock_timestamp() AS now');
  const seenAt = rows[0]?.now ?? '';
  let count = 0;
  let pages = 0;
  for await (const page of port.institutions()) {
    if (!page.ok) return `${page.error.code}: ${page.error.detail}`;
    await storePage(database, coverage, port.id, page.value, seenAt);
    count += page.value.length;
    pages += 1;
    if (pages % PAGES_A_LINE === 0) logger.info({ provider: port.id, institutions: count }, 'taking in the catalogue of institutions');
  }
  await database.transaction(async (tx) => {
    await tx.query('DELETE FROM institution_offer WHERE provider = $1 AND seen_at < $2', [port.id, seenAt]);
    await publishUnlisted(tx);
    await tx.query(
      `INSERT INTO institution_import (provider, finished_at, institutions) VALUES ($1, now(), $2)
       ON CONFLICT (provider) DO UPDATE SET finished_at = excluded.finished_at, institutions = excluded.institutions`,
      [port.id, count],
    );
  });
  logger.info({ provider: port.id, institutions: count, durationMs: Math.round(performance.now() - began) }, 'the catalogue of institutions was taken in');
  return null;
}

async function storePage(client: SqlClient, coverage: Coverage, provider: string, page: readonly CatalogueInstitution[], seenAt: string): Promise<void> {
  const unique = [...new Map(page.map((one) => [one.providerInstitutionId, one])).values()];
  await client.query(
    `INSERT INTO institution_offer (provider, provider_institution_id, name, name_key, type, trading, covered_by, seen_at)
     SELECT $1, u.*, $8::timestamptz FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::text[]) u
     ON CONFLICT (provider, provider_institution_id) DO UPDATE SET
       name = excluded.name, name_key = excluded.name_key, type = excluded.type, trading = excluded.trading, covered_by = excluded.covered_by, seen_at = excluded.seen_at`,
    [
      provider,
      unique.map((one) => one.providerInstitutionId),
      unique.map((one) => one.name),
      unique.map((one) => nameKey(one.name)),
      unique.map((one) => one.type),
      unique.map((one) => one.tradingAllowed),
      unique.map((one) => (coverage.findOffer(provider, one.providerInstitutionId) ?? coverage.find(one.name))?.id ?? null),
      seenAt,
    ],
  );
}
