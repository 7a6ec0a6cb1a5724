/**
 * A symbol that somebody compares with costs calls the first time, whoever asks: so a user may introduce a few in 24 hours that nobody has
 * prices of, and one that the source said it does not have costs nothing more. What is stored, held or on its way is anybody's, at any time.
 */
import type { Database } from '@tidemark/postgres';

export type Introduction =
  | { readonly kind: 'known' | 'introduced' }
  /** The source has no such symbol; `until` it is not asked again. */
  | { readonly kind: 'absent'; readonly until: string }
  /** The user has introduced as many as they may; `again` one more may be. */
  | { readonly kind: 'too_many'; readonly again: string };

export interface IntroductionAsked {
  readonly userId: string;
  readonly symbol: string;
  /** In 24 hours. */
  readonly most: number;
}

const STANDING = `
  SELECT (SELECT absent_until FROM price_series WHERE symbol = $1 AND absent_until > now()) AS absent,
    EXISTS (SELECT 1 FROM price_series WHERE symbol = $1 AND covered <> '{}') OR EXISTS (SELECT 1 FROM asset_symbol WHERE symbol = $1 AND status = 'mapped') OR EXISTS (SELECT 1 FROM price_want WHERE symbol = $1) AS known`;

export async function introduce(database: Database, { userId, symbol, most }: IntroductionAsked): Promise<Introduction> {
  const { rows: [standing] } = await database.query<{ absent: string | null; known: boolean }>(STANDING, [symbol]);
  if (standing?.absent) return { kind: 'absent', until: standing.absent };
  if (standing?.known) return { kind: 'known' };
  return database.transaction(async (tx) => {
    // Requests at the same moment count one after the other.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`benchmark ${userId}`]);
    const { rows } = await tx.query<{ symbol: string; again: string }>(`SELECT symbol, at + interval '1 day' AS again FROM benchmark_introduced WHERE user_id = $1 AND at > now() - interval '1 day' ORDER BY at`, [userId]);
    if (rows.some((row) => row.symbol === symbol)) return { kind: 'introduced' };
    // With `most` 0 nobody may ever: the next day is as good an answer as any.
    if (rows.length >= most) return { kind: 'too_many', again: rows[rows.length - most]?.again ?? new Date(Date.now() + DAY_MS).toISOString() };
    await tx.query('INSERT INTO benchmark_introduced (user_id, symbol) VALUES ($1, $2) ON CONFLICT (user_id, symbol) DO UPDATE SET at = now()', [userId, symbol]);
    return { kind: 'introduced' };
  });
}

const DAY_MS = 86_400_000;
