/** Two years of days of many accounts, quickly: a few hundred months are encoded as the service does and given out to all accounts by SQL. */
import { columnsOf } from '../../apps/history/dist/storage/day-columns.js';
import { encodeMonth } from '../../apps/history/dist/storage/month-block.js';
import { ensureDayPartitions, ensureMonthPartitions, monthOf, nextMonth } from '../../apps/history/dist/storage/partitions.js';
import { ACCOUNT_ID, addAccounts } from './ground.mjs';

const VARIANTS = 200;
const YEARS_DAYS = 731;

export class FillDays {
  accounts = 0;

  constructor(database, owner) {
    this.database = database;
    this.owner = owner;
    this.today = Math.floor(Date.now() / 86_400_000) - 1;
    this.first = this.today - YEARS_DAYS;
    this.openFrom = monthOf(this.today - 12);
  }

  /** @returns how many account-days there are */
  async growTo(accounts) {
    if (this.accounts === 0) await this.prepare();
    const range = [this.accounts, accounts - 1];
    await addAccounts(this.database, this.accounts, accounts);
    await this.database.query(`INSERT INTO history_head (account_id, user_id, revision, first_day, last_day) SELECT ${ACCOUNT_ID}, 'bench', 1, $3, $4 FROM generate_series($1::int, $2::int) n`, [...range, text(this.first), text(this.today)]);
    await this.database.query(
      `INSERT INTO account_month (account_id, month, revision, block) SELECT ${ACCOUNT_ID}, b.month, 1, b.block FROM generate_series($1::int, $2::int) n JOIN bench_block b ON b.variant = n % ${VARIANTS}`, range,
    );
    await this.database.query(
      `INSERT INTO account_day (account_id, day, revision, securities, quality, origin, complete, cost_known, inflow_known, outflow_known, currency, value, cash, cost_basis)
       SELECT ${ACCOUNT_ID}, d::date, 1, 10, 100, 1, true, true, true, true, 'USD', round((100000 + n % 5000 + random() * 100)::numeric, 4), 2500.25, 90000 FROM generate_series($1::int, $2::int) n, generate_series($3::timestamp, $4::timestamp, interval '1 day') d`,
      [...range, text(this.openFrom), text(this.today)],
    );
    await this.owner.query('VACUUM ANALYZE');
    this.accounts = accounts;
    return accounts * (this.today - this.first + 1);
  }

  async prepare() {
    await ensureDayPartitions(this.database, this.openFrom, this.today);
    await ensureMonthPartitions(this.database, this.first, this.openFrom - 1);
    await this.database.query('INSERT INTO history_open (open_from, compacted_to) VALUES ($1, $1)', [text(this.openFrom)]);
    await this.owner.query('CREATE TABLE bench_block (variant int, month date, block bytea); GRANT ALL ON bench_block TO PUBLIC');
    const rows = [];
    for (let variant = 0; variant < VARIANTS; variant += 1) {
      for (let month = monthOf(this.first); month < this.openFrom; month = nextMonth(month)) rows.push([variant, text(month), encodeMonth(month, columnsOf(this.daysOf(variant, month))).toString('hex')]);
    }
    await this.database.query(`INSERT INTO bench_block SELECT v, m, decode(b, 'hex') FROM unnest($1::int[], $2::date[], $3::text[]) AS g(v, m, b)`, [0, 1, 2].map((at) => rows.map((row) => row[at])));
  }

  /** Prices move on trading days, cash now and then, one deposit a month. */
  daysOf(variant, month) {
    const usd = (amount) => [{ currency: 'USD', amount }];
    const days = [];
    let value = 100_000 + variant * 37;
    for (let day = Math.max(month, this.first); day < nextMonth(month); day += 1) {
      if ((day + 4) % 7 < 5) value *= 1 + Math.sin(day * 12.9898 + variant * 78.233) / 80;
      const cash = day - month < 14 ? '2500.25' : '3100.75';
      days.push({ day, value: usd(value.toFixed(4)), cash: usd(cash), costBasis: usd('90000.5'), inflow: day - month === 14 ? usd('600.5') : [], outflow: [], securities: 10, origin: 'reconstructed', quality: 100, reasons: [], complete: true });
    }
    return days;
  }

  /** Of tables and indexes, by account-day. */
  async bytes() {
    const size = async (table) => Number((await this.owner.query(`SELECT sum(pg_total_relation_size(inhrelid)) AS n FROM pg_inherits WHERE inhparent = '${table}'::regclass`)).rows[0].n);
    const closedDays = this.accounts * (this.openFrom - this.first);
    const openDays = this.accounts * (this.today - this.openFrom + 1);
    const [month, day] = [await size('account_month'), await size('account_day')];
    return { perClosedDay: Math.round((month / closedDays) * 10) / 10, perOpenDay: Math.round((day / openDays) * 10) / 10 };
  }
}

const text = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);
