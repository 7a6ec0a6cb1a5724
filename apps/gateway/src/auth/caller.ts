/** Who makes a request, as its token says. */
export interface Caller {
  readonly userId: string;
  readonly scopes: readonly string[];
  /** When the token ends, in seconds since the epoch. */
  readonly expiresAt: number;
}
