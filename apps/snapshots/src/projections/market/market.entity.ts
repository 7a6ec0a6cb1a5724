/** The read model "market" as tables; `project.ts` says what they mean. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('market_symbol')
export class MarketSymbolEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'market_symbol_pkey' })
  asset!: string;
  @Column('text')
  symbol!: string;
  @Column('text')
  currency!: string;
}

@Entity('market_close')
export class MarketCloseEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'market_close_pkey' })
  symbol!: string;
  @PrimaryColumn('date', { primaryKeyConstraintName: 'market_close_pkey' })
  day!: string;
  @Column('numeric')
  close!: string;
}
