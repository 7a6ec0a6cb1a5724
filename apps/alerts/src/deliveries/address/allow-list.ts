/**
 * Which destinations an operator allows although they are not on the public internet: `ALERTS_ALLOW_PRIVATE`, a list of names
 * (`hooks.internal`), addresses (`10.1.2.3`, `::1`) and networks (`10.0.0.0/8`). A name is that name alone, and wherever it resolves to.
 */
import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

export interface AllowList {
  readonly names: ReadonlySet<string>;
  readonly networks: readonly Network[];
}

export const NOTHING_ALLOWED: AllowList = { names: new Set(), networks: [] };

const NAME = /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/;

/** @returns undefined where a part is none of the three */
export function parseAllowList(text: string): AllowList | undefined {
  const names = new Set<string>();
  const networks: Network[] = [];
  for (const part of text.split(',').map((one) => one.trim().toLowerCase()).filter(Boolean)) {
    const network = networkOf(part);
    if (network) networks.push(network);
    else if (NAME.test(withoutDot(part)) && !/^[\d.]+$/.test(part)) names.add(withoutDot(part));
    else return undefined;
  }
  return { names, networks };
}

export function allowsName(allow: AllowList, host: string): boolean {
  return allow.names.has(withoutDot(host.toLowerCase()));
}

export function allowsAddress(allow: AllowList, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return allow.networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** A name with a dot at its end is the same name. */
export function withoutDot(host: string): string {
  return host.replace(/\.+$/, '');
}

function networkOf(part: string): Network | null {
  const [address = '', bits] = part.split('/');
  if (isIP(address) === 0) return null;
  const parsed = ipaddr.parse(address);
  const longest = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [parsed, longest];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= longest ? [parsed, Number(bits)] : null;
}
