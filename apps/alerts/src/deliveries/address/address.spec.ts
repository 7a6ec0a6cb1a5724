import { describe, expect, it } from '@jest/globals';
import { NOTHING_ALLOWED, parseAllowList } from './allow-list.js';
import type { AllowList } from './allow-list.js';
import { addressProblem } from './check-address.js';
import { checkUrl } from './check-url.js';
import { ADDRESS_REFUSED, guardedLookup } from './guarded-lookup.js';

const allowing = (text: string): AllowList => parseAllowList(text) as AllowList;
const refusal = (url: string, allow = NOTHING_ALLOWED): string | null => {
  const checked = checkUrl(url, allow);
  return checked.ok ? null : checked.error;
};

describe('an address', () => {
  it.each([
    ['127.0.0.1', 'a loopback address'], ['127.255.255.254', 'a loopback address'], ['10.0.0.1', 'a private address'], ['172.16.0.1', 'a private address'], ['172.31.255.255', 'a private address'], ['192.168.1.1', 'a private address'],
    ['169.254.169.254', 'a link-local address'], ['100.100.100.200', 'an address behind carrier-grade NAT'], ['0.0.0.0', 'an unspecified address'], ['0.1.2.3', 'an unspecified address'], ['224.0.0.1', 'a multicast address'],
    ['255.255.255.255', 'a broadcast address'], ['168.63.129.16', 'a metadata address'], ['192.0.2.1', 'an address that is not on the public internet'], ['198.18.0.1', 'an address that is not on the public internet'], ['240.0.0.1', 'an address that is not on the public internet'],
    ['::1', 'a loopback address'], ['::', 'an unspecified address'], ['fe80::1', 'a link-local address'], ['fc00::1', 'a private address'], ['fd00:ec2::254', 'a private address'], ['ff02::1', 'a multicast address'],
    ['::ffff:127.0.0.1', 'a loopback address'], ['::ffff:a9fe:a9fe', 'a link-local address'], ['::127.0.0.1', 'an address that is not on the public internet'], ['64:ff9b::7f00:1', 'an address that is not on the public internet'],
    ['64:ff9b:1::a00:1', 'an address that is not on the public internet'], ['2002:7f00:1::', 'an address that is not on the public internet'], ['2001:0:7f00:1::', 'an address that is not on the public internet'],
    ['fec0::1', 'an address that is not on the public internet'], ['2001:db8::1', 'an address that is not on the public internet'], ['4000::1', 'an address that is not on the public internet'], ['fe80::1%eth0', 'no address'],
  ])('%s is refused as %s', (address, as) => expect(addressProblem(address, NOTHING_ALLOWED)).toBe(as));

  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])('%s is accepted', (address) => expect(addressProblem(address, NOTHING_ALLOWED)).toBeNull());
});

describe('the URL of a webhook', () => {
  it.each([
    'https://127.0.0.1/x', 'https://2130706433/', 'https://0x7f000001/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://017700000001/', 'https://127.1/', 'https://127.0.0.1./', 'https://127.0.0.1../', 'https://１２７.０.０.１/', 'https://127。0。0。1/',
    'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://169.254.169.254/latest/meta-data/', 'https://0xa9fea9fe/', 'https://2852039166/', 'https://[fd00:ec2::254]/', 'https://0/',
    'https://localhost/', 'https://localhost./', 'https://LOCALHOST../', 'https://a.localhost/', 'https://printer.local/', 'https://metadata.google.internal/computeMetadata/', 'https://metadata.google.internal./', 'https://intranet/', 'https://router.home.arpa/',
  ])('%s is refused: it is not on the public internet', (url) => expect(refusal(url)).toMatch(/^an address on the public internet: \S+ is /));

  it.each([
    ['http://example.com/', /an https address: http is for allowed/], ['ftp://example.com/', /^an https address$/], ['https://', /^an https address$/], ['file:///etc/passwd', /^an https address$/], ['https://ann:secret@example.com/', /without a user name/],
    ['https://ann@example.com/', /without a user name/], ['https://example.com:22/', /at port 443/], ['https://example.com:25/', /at port 443/], ['https://example.com:80/', /at port 443/], ['https://example.com:6667/', /at port 443/],
  ])('%s is refused', (url, why) => expect(refusal(url)).toMatch(why));

  it.each(['https://example.com/hook?token=1', 'https://example.com:8443/', 'https://example.com./x', 'https://hooks.slack.com/services/T/B/x', 'https://[2606:4700:4700::1111]/', 'https://1.1.1.1/'])('%s is accepted', (url) => expect(refusal(url)).toBeNull());

  it('repeats no more of an address than its host', () => {
    expect(refusal('https://ann:secret1@10.0.0.1/secret2?token=secret3#secret4')).not.toMatch(/secret/);
    expect(refusal('https://10.0.0.1:99/secret2?token=secret3#secret4')).toBe('an address on the public internet: 10.0.0.1 is a private address');
  });

  it('is sent to the host without its trailing dot, and without a fragment', () => {
    const checked = checkUrl('https://Example.COM.:8443/x?y#z', NOTHING_ALLOWED);
    expect(checked.ok && checked.value.href).toBe('https://example.com:8443/x?y');
  });
});

describe('the list of allowed hosts', () => {
  const allow = allowing('hooks.corp, 10.1.0.0/16, 127.0.0.1, ::1');

  it('lets the named through, over http and at any port, and nobody else', () => {
    expect(['http://hooks.corp:80/x', 'http://HOOKS.corp./', 'https://10.1.2.3:9/', 'http://127.0.0.1:8080/', 'http://[::1]:8080/', 'http://[::ffff:10.1.2.3]/'].map((url) => refusal(url, allow))).toEqual(Array(6).fill(null));
    for (const url of ['https://evil.hooks.corp.local/', 'https://10.2.0.1/', 'http://127.0.0.2/', 'http://example.com/', 'https://x.internal/']) expect(refusal(url, allow)).not.toBeNull();
  });

  it.each(['10.0.0.0/33', '10.0.0.0/-1', '*.corp', 'http://hooks.corp', '300.1.1.1', 'a b', '::1/129', 'hooks.corp:8080'])('%s is no part of it', (text) => expect(parseAllowList(text)).toBeUndefined());
});

describe('the lookup of a connection', () => {
  const ask = (lookup: ReturnType<typeof guardedLookup>, host: string) =>
    new Promise<unknown>((resolve) => lookup(host, { all: true }, (error, found) => resolve(error ? (error as { code?: string }).code : found)));

  it('gives the very addresses that it checked: a name that leads inside at the second question is refused at the second', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['::ffff:169.254.169.254'], []];
    const lookup = guardedLookup(NOTHING_ALLOWED, async () => answers.shift() ?? []);
    expect(await ask(lookup, 'rebind.example.com')).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect([await ask(lookup, 'rebind.example.com'), await ask(lookup, 'mixed.example.com'), await ask(lookup, 'mapped.example.com'), await ask(lookup, 'empty.example.com')]).toEqual(Array(4).fill(ADDRESS_REFUSED));
  });

  it('follows a public name into an allowed network, and passes on why a name cannot be resolved', async () => {
    const lookup = guardedLookup(allowing('10.1.0.0/16'), async (host) => {
      if (host === 'gone.example.com') throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
      return ['10.1.2.3'];
    });
    expect(await ask(lookup, 'hooks.example.com')).toEqual([{ address: '10.1.2.3', family: 4 }]);
    expect(await ask(lookup, 'gone.example.com')).toBe('ENOTFOUND');
  });
});
