import { Entity, PrimaryColumn } from 'typeorm';

/**
 * What was erased, for ever. The log that says so and the log that holds the snapshots are read independently, so a snapshot may come
 * after its account was erased: it finds this mark and is not stored.
 */
@Entity('erasure')
export class ErasureEntity {
  @PrimaryColumn('text', { name: 'user_id', primaryKeyConstraintName: 'erasure_pkey' })
  userId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'erasure_pkey' })
  kind!: 'account' | 'connection' | 'user';
  /** Of the account or connection; the user's id again for a whole user. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'erasure_pkey' })
  id!: string;
}
