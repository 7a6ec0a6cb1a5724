/**
 * Requests to Financial Modeling Prep's stable API, through the same limits, retries and breakers as every provider. The key goes in a
 * header (its documentation allows header or query), so that no URL ever holds it; what is logged of a call names the operation alone.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { ProviderCalls, shaped, misshapenError, WireFault } from '@tidemark/providers';
import type { CallDeps, ProviderError, WireAnswer } from '@tidemark/providers';
import { ok, refuse } from '@tidemark/kernel';
import type { Decimal } from '@tidemark/money';
import type { Answer, PriceCall, PriceFailure } from '../price-source.js';
import { FMP, honestStatus, judgeFmp } from './fmp-errors.js';

export interface FmpSettings {
  /** Without `/stable`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly requestsPerMinute: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Dollars a call. */
  readonly costACall: Decimal;
}

export interface FmpDeps extends Omit<CallDeps, 'onCall'> {
  readonly onCall: (call: PriceCall) => void;
}

/** The header line of a bulk answer, however its type is called. */
const TABLE = /^\uFEFF?\s*"?symbol"?,/;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export class FmpClient {
  private readonly calls: ProviderCalls;

  constructor(
    private readonly settings: FmpSettings,
    deps: FmpDeps,
  ) {
    const { baseUrl, apiKey, requestsPerMinute, timeoutMs, retries, costACall } = settings;
    const known = { id: FMP, baseUrl, environment: 'production', timeoutMs, retries, requestsPerMinute, enabled: true, adminsOnly: false, refreshCost: { amount: costACall, currency: 'USD' }, clientId: '', clientSecret: apiKey };
    const onCall: CallDeps['onCall'] = ({ operation, result, attempts, latencyMs }) => deps.onCall({ source: FMP, operation, result, requests: attempts, latencyMs });
    this.calls = new ProviderCalls(known, { ...deps, onCall }, judgeFmp);
  }

  /** @param read reads the parsed answer; numbers in it are decimal strings */
  async get<T>(operation: string, path: string, query: Readonly<Record<string, string>>, read: (body: unknown) => T): Answer<T> {
    const answer = await this.calls.run({ operation, context: { userId: '~prices', connectionId: null, institution: null }, secrets: [this.settings.apiKey], send: (signal) => this.send(path, query, signal) });
    if (!answer.ok) return refuse(failure(answer.error));
    const value = shaped(() => read(answer.value.body));
    return value.ok ? ok(value.value) : refuse(failure(misshapenError(FMP, operation, value.error)));
  }

  private async send(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WireAnswer> {
    const url = `${this.settings.baseUrl}/stable/${path}?${new URLSearchParams(query).toString()}`;
    try {
      const response = await fetch(url, { signal, redirect: 'manual', headers: { apikey: this.settings.apiKey, accept: 'application/json' } });
      const text = await textOf(response);
      return honestStatus({ status: response.status, headers: Object.fromEntries(response.headers), text: TABLE.test(text) ? rowsOf(text) : text });
    } catch (error) {
      throw error instanceof WireFault ? error : wireFault(error);
    }
  }
}

/** What `fetch` throws is a TypeError whose cause has Node's code, or a DOMException named after what its signal was aborted for. */
function wireFault(error: unknown): unknown {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError' || name === 'AbortError') return new WireFault('ETIMEDOUT', true);
  return name === 'TypeError' && cause !== undefined ? new WireFault(typeof cause.code === 'string' ? cause.code : 'unknown', false) : error;
}

/** The bulk answers are CSV: the same rows as JSON, every value a text, so that what reads them is one thing. @throws WireFault where it was cut off */
function rowsOf(text: string): string {
  try {
    return JSON.stringify(parse(text, { columns: true, skip_empty_lines: true }));
  } catch (error) {
    throw error instanceof CsvError ? new WireFault('CSV_UNREADABLE', false) : error;
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > LARGEST_ANSWER) throw new WireFault('TOO_LARGE', false);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failure(error: ProviderError): PriceFailure {
  // A wrong key or shape is mended by people or a release; it is asked again all the same, much later.
  return { class: error.class === 'retry' ? 'retry' : 'final', detail: error.detail, retryAfterMs: error.retryAfterMs };
}
