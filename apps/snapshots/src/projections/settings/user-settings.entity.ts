import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a user set; a user without a row has the defaults. */
@Entity('user_settings')
export class UserSettingsEntity {
  @PrimaryColumn('text', { name: 'user_id', primaryKeyConstraintName: 'user_settings_pkey' })
  userId!: string;
  @Column('text', { name: 'base_currency' })
  baseCurrency!: string;
  @Column('text', { name: 'time_zone' })
  timeZone!: string;
}
