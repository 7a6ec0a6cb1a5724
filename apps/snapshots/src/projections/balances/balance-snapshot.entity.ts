/**
 * A snapshot is one immutable row: whole account, atomic, one read. Its lines are a JSON document, not rows of their own: they are
 * written together, read together and never change, so normalising them would buy nothing and cost a join on the hottest path.
 *
 * `epoch` and `position` are those of its event: of snapshots captured at the same instant the greater is the latest.
 * The table can be range-partitioned by `captured_at` when it must be: every query names an account and an end of the range,
 * and uniqueness of the snapshot id would then be kept per range, as a snapshot's captured time never changes.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('balance_snapshot')
@Index('balance_snapshot_account', ['accountId'])
@Index('balance_snapshot_captured', ['capturedAt'])
@Index('balance_snapshot_source', ['source'])
@Index('balance_snapshot_user', ['userId'])
// Descending in all but the account: TypeORM knows no direction, so the migration alone makes it.
@Index('balance_snapshot_latest', { synchronize: false })
export class BalanceSnapshotEntity {
  @PrimaryColumn('uuid', { name: 'snapshot_id', primaryKeyConstraintName: 'balance_snapshot_pkey' })
  snapshotId!: string;
  @Column('uuid', { name: 'account_id' })
  accountId!: string;
  @Column('text', { name: 'user_id' })
  userId!: string;
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;
  @Column('text')
  provider!: string;
  @Column('text')
  source!: string;
  @Column('text')
  currency!: string;
  @Column('timestamptz', { name: 'captured_at' })
  capturedAt!: string;
  @Column('timestamptz', { name: 'recorded_at' })
  recordedAt!: string;
  @Column('timestamptz', { name: 'provider_as_of', nullable: true })
  providerAsOf!: string | null;
  @Column('numeric', { name: 'total_balance', nullable: true })
  totalBalance!: string | null;
  @Column('numeric', { name: 'total_available', nullable: true })
  totalAvailable!: string | null;
  @Column('numeric', { name: 'total_holdings', nullable: true })
  totalHoldings!: string | null;
  @Column('numeric', { name: 'total_cash', nullable: true })
  totalCash!: string | null;
  @Column('json')
  balances!: BalanceLine[];
  @Column('json', { name: 'provider_metadata' })
  providerMetadata!: Record<string, unknown>;
  @Column('integer')
  epoch!: number;
  @Column('bigint')
  position!: number;
}
