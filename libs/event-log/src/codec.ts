/** Event data passes through here on its way into and out of the log, so that encryption per user would change one place. */
export interface EventCodec {
  /** True where what is stored is the event's own JSON, so that it can travel without being decoded. */
  readonly storesJson: boolean;
  /** JSON text, whatever it holds. */
  encode(userId: string, data: object): string;
  decode(userId: string, stored: unknown): Record<string, unknown>;
}

export const plainCodec: EventCodec = {
  storesJson: true,
  encode: (_userId, data) => JSON.stringify(data),
  decode: (_userId, stored) => (typeof stored === 'string' ? (JSON.parse(stored) as Record<string, unknown>) : (stored as Record<string, unknown>)),
};
