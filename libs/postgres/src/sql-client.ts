/** What runs SQL: a database (each query on any connection) or a transaction (all on one). */
export interface SqlClient {
  /** Parameterised SQL only: values never become part of the text. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
}
