/** Each user's base currency and time zone. Folds the log `connections` alone; only the newest change of a user in a batch is written. */
import type { UserSettingsChanged } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';

export const userSettings: Projection = {
  name: 'user-settings',
  logs: ['connections'],
  apply: async (tx, events) => {
    const newest = new Map(events.filter((event) => event.type === 'UserSettingsChanged').map((event) => [event.userid, event.data as UserSettingsChanged]));
    if (newest.size === 0) return;
    const rows = [...newest.values()];
    await tx.query(
      `INSERT INTO user_settings (user_id, base_currency, time_zone) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
       ON CONFLICT (user_id) DO UPDATE SET base_currency = excluded.base_currency, time_zone = excluded.time_zone`,
      [rows.map((row) => row.userId), rows.map((row) => row.baseCurrency), rows.map((row) => row.timeZone)],
    );
  },
};

export const DEFAULT_SETTINGS = { baseCurrency: 'USD', timeZone: 'America/New_York' };

export async function findSettings(client: SqlClient, userId: string): Promise<{ baseCurrency: string; timeZone: string }> {
  const { rows } = await client.query<{ base_currency: string; time_zone: string }>('SELECT base_currency, time_zone FROM user_settings WHERE user_id = $1', [userId]);
  return rows[0] ? { baseCurrency: rows[0].base_currency, timeZone: rows[0].time_zone } : DEFAULT_SETTINGS;
}
