/**
 * Whether an IP address is one of the public internet. What is not known to be public is refused: everything outside IPv6's global
 * unicast (2000::/3), every range of the special registries (RFC 6890: private, loopback, link-local with the clouds' metadata
 * 169.254.169.254, carrier-grade NAT, multicast, documentation, reserved …), and what hides an IPv4 address inside an IPv6 one (mapped
 * addresses are judged by what they hold; NAT64, 6to4 and Teredo are refused whole). Pure.
 */
import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import { allowsAddress } from './allow-list.js';
import type { AllowList } from './allow-list.js';

/** Azure's wire server answers at an address that looks public. */
const METADATA = new Set(['168.63.129.16']);
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

const WORDS: Readonly<Record<string, string>> = {
  loopback: 'a loopback address', private: 'a private address', uniqueLocal: 'a private address', linkLocal: 'a link-local address', unspecified: 'an unspecified address', multicast: 'a multicast address',
  broadcast: 'a broadcast address', carrierGradeNat: 'an address behind carrier-grade NAT',
};

/** @param text an address as a resolver or a URL gives it, without brackets. @returns what it is, such as "a loopback address"; null where it is public or allowed */
export function addressProblem(text: string, allow: AllowList): string | null {
  if (isIP(text) === 0 || text.includes('%')) return 'no address';
  const address = parsed(text);
  if (allowsAddress(allow, address)) return null;
  if (METADATA.has(address.toString())) return 'a metadata address';
  const range = address.range();
  if (range !== 'unicast') return WORDS[range] ?? 'an address that is not on the public internet';
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST) ? null : 'an address that is not on the public internet';
}

/** Whether it is on the operator's list, public or not. */
export function isAllowedAddress(text: string, allow: AllowList): boolean {
  return isIP(text) !== 0 && !text.includes('%') && allowsAddress(allow, parsed(text));
}

/** `URL` writes an IPv6 address in one way; the library takes `::1.2.3.4` for a mapped one, which it is not. */
function parsed(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  if (isIP(text) === 4) return ipaddr.IPv4.parse(text);
  const address = ipaddr.IPv6.parse(new URL(`http://[${text}]`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
