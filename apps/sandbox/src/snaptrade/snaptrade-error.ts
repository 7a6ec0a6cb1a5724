/** SnapTrade's errors: `{detail, status_code, code}`, the code a string of four digits (429: "throttled"). */
type Row = readonly [status: number, detail: string];

const CATALOGUE = {
  '1000': [500, 'Encountered an unexpected exception.'],
  '1010': [400, 'User with the following userId already exists'],
  '1011': [404, 'The requested resource does not exist.'],
  '1066': [403, 'User does not have permission to access this resource'],
  '1074': [401, 'Invalid clientId provided'],
  '1076': [401, 'Unable to verify signature sent'],
  '1083': [401, 'Invalid userID or userSecret provided'],
  '1089': [400, 'Invalid data sent'],
  '1141': [403, 'Feature is not enabled for this customer or this connection'],
  '3002': [503, 'Unable to sync with brokerage account. Invalid response from Brokerage API.'],
  '3003': [402, 'Unable to sync with brokerage account because the connection is disabled.'],
  '3011': [402, 'This connection is already disabled.'],
  '3012': [425, 'The resource is currently being populated. Please try again later.'],
  throttled: [429, 'Request was throttled.'],
} as const satisfies Record<string, Row>;

export type SnapTradeErrorCode = keyof typeof CATALOGUE;

export class SnapTradeError extends Error {
  readonly status: number;

  constructor(
    readonly code: SnapTradeErrorCode,
    readonly detail: string = CATALOGUE[code][1],
  ) {
    super(detail);
    this.status = CATALOGUE[code][0];
  }

  body(): { detail: string; status_code: number; code: string } {
    return { detail: this.detail, status_code: this.status, code: this.code };
  }
}

/** What SnapTrade answers with a status or code that a test ordered. */
export function usualSnapTradeError(status: number | undefined, code: string | undefined): { status: number; body: unknown } {
  const byStatus: Record<number, SnapTradeErrorCode> = { 400: '1089', 401: '1076', 402: '3003', 403: '1066', 404: '1011', 425: '3012', 429: 'throttled', 503: '3002' };
  const known = code !== undefined && code in CATALOGUE ? (code as SnapTradeErrorCode) : (byStatus[status ?? 500] ?? '1000');
  const error = new SnapTradeError(known);
  return { status: error.status, body: { ...error.body(), status_code: status ?? error.status, code: code ?? known } };
}
