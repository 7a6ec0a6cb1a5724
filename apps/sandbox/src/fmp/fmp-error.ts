/** Errors in Financial Modeling Prep's words: an object with one field, `Error Message`; a plan's limits come as plain text in places. */
const MESSAGES = {
  key: [401, 'Invalid API KEY. Feel free to create a Free API Key or visit https://site.financialmodelingprep.com/faqs?search=why-is-my-api-key-invalid for more information.'],
  plan: [402, 'Restricted Endpoint: This endpoint is not available under your current subscription. Please visit our subscription page to upgrade your plan at https://site.financialmodelingprep.com/developer/docs/pricing'],
  symbol_plan: [402, "Premium Query Parameter: 'Special Endpoint : This value set for 'symbol' is not available under your current subscription. Please visit our subscription page to upgrade your plan at https://site.financialmodelingprep.com/developer/docs/pricing"],
  limit: [429, 'Limit Reach . Please upgrade your plan or visit our documentation for more details at https://site.financialmodelingprep.com/developer/docs/pricing'],
  query: [400, 'Query Error: Invalid or missing query parameter'],
  not_found: [404, 'Not Found! Please check the URL that you requested.'],
  server: [500, 'Internal Server Error'],
} as const satisfies Record<string, readonly [number, string]>;

export type FmpErrorCode = keyof typeof MESSAGES;

export class FmpError extends Error {
  readonly status: number;

  constructor(readonly code: FmpErrorCode) {
    super(MESSAGES[code][1]);
    this.status = MESSAGES[code][0];
  }

  get body(): object {
    return { 'Error Message': this.message };
  }
}

/** What is answered with a status or code that a test ordered; `plan_text`: the plan's refusal as bare text, as it is seen in the wild. */
export function usualFmpError(status: number | undefined, code: string | undefined): { status: number; body: unknown } {
  if (code === 'plan_text') return { status: MESSAGES.plan[0], body: MESSAGES.plan[1] };
  const byStatus: Record<number, FmpErrorCode> = { 400: 'query', 401: 'key', 402: 'plan', 404: 'not_found', 429: 'limit' };
  const error = new FmpError(code !== undefined && code in MESSAGES ? (code as FmpErrorCode) : (byStatus[status ?? 500] ?? 'server'));
  return { status: error.status, body: error.body };
}
