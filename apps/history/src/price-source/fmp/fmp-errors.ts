/**
 * What Financial Modeling Prep's errors mean. They are `{"Error Message": …}` or bare text; a limit that is used up also arrives with
 * status 200 (providers page), so a good status alone proves nothing.
 */
import { parseLossless, verdictByStatus } from '@tidemark/providers';
import type { Verdict, WireAnswer } from '@tidemark/providers';

export const FMP = 'fmp';

const LIMIT = /limit\s+reach|too many requests|rate limit/i;
const KEY = /invalid api key/i;
const PLAN = /not available under your current subscription|exclusive endpoint|premium query|restricted endpoint|upgrade your plan/i;

/** An answer whose status says what its text says: an error message with status 200 gets the status that it should have had. */
export function honestStatus(answer: WireAnswer): WireAnswer {
  if (answer.status < 200 || answer.status >= 300) return answer;
  const message = messageOf(answer.text);
  if (message === null) return answer;
  const status = LIMIT.test(message) ? 429 : KEY.test(message) ? 401 : PLAN.test(message) ? 402 : 500;
  return { ...answer, status };
}

export function judgeFmp(status: number, body: unknown, requestId: string | null): Verdict {
  const message = errorMessage(body);
  const byStatus = { ...verdictByStatus(FMP, status), requestId };
  if (status === 402) return { ...byStatus, code: 'provider_error', class: 'final', detail: 'the plan at fmp does not include this' };
  return message === null ? byStatus : { ...byStatus, detail: `${byStatus.detail}: ${message.slice(0, 200)}` };
}

/** The message of an error answer, or null where the text is none: data is a list or begins a table. */
function messageOf(text: string): string | null {
  const head = text.trimStart();
  if (head.startsWith('{')) {
    const parsed = parseLossless(text);
    return parsed.ok ? errorMessage(parsed.value) : null;
  }
  return head.startsWith('[') || head.length > 2_000 || !(LIMIT.test(head) || PLAN.test(head) || KEY.test(head)) ? null : head;
}

function errorMessage(body: unknown): string | null {
  const fields = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const message = fields['Error Message'] ?? fields['error'] ?? fields['message'];
  return typeof message === 'string' && message !== '' ? message : null;
}
