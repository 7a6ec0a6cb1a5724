/**
 * Whether a webhook may be sent to a URL, as far as the URL says: once when a rule is set, and again before each attempt, since what is
 * allowed may have changed. Where a name leads is looked at when it is connected to (`guarded-lookup.ts`), never before: it may change.
 *
 * `URL` writes every spelling of an IPv4 address (decimal, octal, hexadecimal, with fewer parts, with full-width digits) as four decimal numbers, so
 * what is checked is what would be connected to.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isIP } from 'node:net';
import { allowsName, withoutDot } from './allow-list.js';
import type { AllowList } from './allow-list.js';
import { addressProblem, isAllowedAddress } from './check-address.js';

/** Names that are never of the public internet (RFC 6761, 6762, 7686, 8375, and ICANN's `internal`). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|invalid|onion|home\.arpa)$/;
/** Ports at and above 1024 at which other protocols than HTTP listen: WHATWG Fetch, "bad port". */
const OTHER_PROTOCOLS = new Set([1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080]);

/** @returns the URL to send to (its host without a trailing dot), or why not, to stand after "must be": it names the host at the most */
export function checkUrl(text: string, allow: AllowList): Result<URL, string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') return refuse('an https address');
  if (url.username !== '' || url.password !== '') return refuse('an address without a user name or password in it');
  url.hostname = withoutDot(url.hostname);
  url.hash = '';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const named = allowsName(allow, host);
  const wrong = named ? null : hostProblem(host, allow);
  if (wrong) return refuse(`an address on the public internet: ${host.slice(0, 200)} is ${wrong}`);
  const allowed = named || isAllowedAddress(host, allow);
  if (url.protocol === 'http:' && !allowed) return refuse('an https address: http is for allowed private hosts only');
  if (!allowed && !publicPort(url)) return refuse('an address at port 443, or at one from 1024 that no other protocol uses');
  return ok(url);
}

/** The host's name is checked when a connection is made, too. @returns what is wrong with it, to stand after "is" */
function hostProblem(host: string, allow: AllowList): string | null {
  if (isIP(host) !== 0) return addressProblem(host, allow);
  if (LOCAL_NAME.test(host)) return 'a local name';
  return host.includes('.') ? null : 'not a full name';
}

function publicPort(url: URL): boolean {
  const port = url.port === '' ? 443 : Number(url.port);
  return port === 443 || (port >= 1_024 && !OTHER_PROTOCOLS.has(port));
}
