/**
 * Finds the addresses of a name for a connection that is being made, and refuses them where one is not public: the very addresses that
 * are checked are then connected to, so a name that leads somewhere else at every question (DNS rebinding) gains nothing by it.
 *
 * Public names are asked of the DNS servers directly: neither /etc/hosts nor a search domain can lead them inside, and a name whose server
 * never answers holds up no other (the system's own lookup has four threads for all). Only names that are allowed go the system's way.
 */
import { lookup as systemLookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { allowsName } from './allow-list.js';
import type { AllowList } from './allow-list.js';
import { addressProblem } from './check-address.js';

/** The code of the error that a connection fails with where its address is refused. */
export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

/** @returns IPv4 and IPv6 addresses of a name. @throws with Node's DNS codes, such as ENOTFOUND */
export type Resolve = (host: string) => Promise<readonly string[]>;

class AddressRefused extends Error {
  readonly code = ADDRESS_REFUSED;
}

/** @param resolve public names; default: the system's DNS servers */
export function guardedLookup(allow: AllowList, resolve: Resolve = publicResolve()): LookupFunction {
  return (host, options, callback) => {
    if (allowsName(allow, host)) return systemLookup(host, options, callback as never);
    resolve(host).then(
      (found) => answer(found),
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
    const answer = (found: readonly string[]): void => {
      const wrong = found.length === 0 ? 'without an address' : found.map((address) => addressProblem(address, allow)).find((problem) => problem !== null);
      if (wrong) return callback(new AddressRefused(`the name is ${wrong}`), '', 0);
      const addresses = found.map((address) => ({ address, family: isIP(address) }));
      if (options.all) (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 0);
    };
  };
}

function publicResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (host) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [four, six].flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
  };
}
