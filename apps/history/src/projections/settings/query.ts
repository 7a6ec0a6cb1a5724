import type { SqlClient } from '@tidemark/postgres';

export const DEFAULT_SETTINGS = { baseCurrency: 'USD', timeZone: 'America/New_York' } as const;

export interface UserSettings {
  readonly baseCurrency: string;
  readonly timeZone: string;
}

/** What a user set, else the defaults. */
export async function settingsOf(client: SqlClient, userId: string): Promise<UserSettings> {
  const { rows } = await client.query<UserSettings>('SELECT base_currency AS "baseCurrency", time_zone AS "timeZone" FROM user_settings WHERE user_id = $1', [userId]);
  return rows[0] ?? DEFAULT_SETTINGS;
}
