import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Addresses no model is served at, but clouds answer with their secrets at (and nonsense ones). */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16);
refused.addSubnet('0.0.0.0', 8);
refused.addSubnet('224.0.0.0', 3);
refused.addAddress('100.100.100.200');
refused.addAddress('192.0.0.192');
refused.addAddress('::', 'ipv6');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addSubnet('ff00::', 8, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');

/** Link-local, metadata, multicast and unspecified addresses; also written as IPv4 within IPv6. */
export function isRefusedAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) === 4) return refused.check(bare, 'ipv4');
  const embedded = embeddedIpv4(bare);
  return embedded ? refused.check(embedded, 'ipv4') : refused.check(bare, 'ipv6');
}

/** `::ffff:a.b.c.d` and `64:ff9b::a.b.c.d`, in either spelling. */
function embeddedIpv4(address: string): string | undefined {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high = '', low = ''] =
    /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === '') return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

export class RefusedAddress extends Error {}

/** The host of an address as an IP, where it is written as one. */
export function literalIp({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

type Callback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves names for sockets, and refuses where any of a name's addresses is a refused one: at every connection. */
export function guardedLookup(hostname: string, options: LookupOptions, callback: Callback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const bad = addresses.find(({ address }) => isRefusedAddress(address));
    if (bad) return callback(new RefusedAddress(`${hostname} leads to ${bad.address}.`), []);
    if (options.all) return callback(null, addresses);
    return callback(null, addresses[0]!.address, addresses[0]!.family);
  });
}
