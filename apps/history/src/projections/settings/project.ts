/** Base currency and time zone of each user, as last set. */
import type { UserSettingsChanged } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

export const settings: Projection = {
  name: 'settings',
  logs: ['connections'],
  async apply(tx, events) {
    const last = new Map<string, UserSettingsChanged | null>();
    for (const event of events) {
      if (event.type === 'UserSettingsChanged') last.set(event.userid, event.data as UserSettingsChanged);
      if (event.type === 'UserErased') last.set(event.userid, null);
    }
    const set = [...last].filter((entry): entry is [string, UserSettingsChanged] => entry[1] !== null);
    const erased = [...last].filter(([, given]) => given === null).map(([userId]) => userId);
    if (erased.length > 0) await tx.query('DELETE FROM user_settings WHERE user_id = ANY($1)', [erased]);
    if (set.length === 0) return;
    await tx.query(
      `INSERT INTO user_settings (user_id, base_currency, time_zone) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
       ON CONFLICT (user_id) DO UPDATE SET base_currency = excluded.base_currency, time_zone = excluded.time_zone`,
      [set.map(([userId]) => userId), set.map(([, given]) => given.baseCurrency), set.map(([, given]) => given.timeZone)],
    );
  },
};
