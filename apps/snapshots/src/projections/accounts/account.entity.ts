/** The read model "accounts" as a table; `account/account.ts` says what its fields mean. */
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CountingChange } from '@tidemark/contracts';

@Entity('account')
@Index('account_user', ['userId'])
@Index('account_connection', ['connectionId'])
export class AccountEntity {
  @PrimaryColumn('uuid', { name: 'account_id', primaryKeyConstraintName: 'account_pkey' })
  accountId!: string;
  @Column('text', { name: 'user_id' })
  userId!: string;
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;
  @Column('text', { name: 'institution_id', nullable: true })
  institutionId!: string | null;
  @Column('text', { name: 'institution_name', nullable: true })
  institutionName!: string | null;
  @Column('text')
  provider!: string;
  @Column('text')
  name!: string;
  @Column('text', { name: 'display_name', nullable: true })
  displayName!: string | null;
  @Column('text')
  type!: string;
  @Column('text', { nullable: true })
  subtype!: string | null;
  @Column('text', { nullable: true })
  mask!: string | null;
  @Column('text', { nullable: true })
  currency!: string | null;
  @Column('boolean')
  trading!: boolean;
  @Column('json')
  changes!: CountingChange[];
}
