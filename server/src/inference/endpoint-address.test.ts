import { expect, it } from 'vitest';
import { guardedLookup, isRefusedAddress, RefusedAddress } from './endpoint-address.ts';

it('refuses where clouds keep secrets, in every spelling, and allows where models are served', () => {
  const refused = [
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    'ff02::1',
  ];
  for (const address of refused) expect(isRefusedAddress(address), address).toBe(true);
  const allowed = [
    '127.0.0.1',
    '::1',
    '10.0.0.5',
    '192.168.1.2',
    '8.8.8.8',
    '::ffff:10.0.0.1',
    'fd12:3456::1',
    '2001:db8::1',
  ];
  for (const address of allowed) expect(isRefusedAddress(address), address).toBe(false);
});

it('looks names up like the system does, for one or for all addresses', async () => {
  const look = (all: boolean) =>
    new Promise<unknown>((resolve, reject) =>
      guardedLookup('localhost', { all }, (error, address) => (error ? reject(error) : resolve(address))),
    );
  expect(await look(false)).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(await look(true)).toContainEqual(expect.objectContaining({ address: expect.any(String) }));
  const refused = new Promise((_, reject) => guardedLookup('169.254.169.254', {}, (error) => reject(error)));
  await expect(refused).rejects.toBeInstanceOf(RefusedAddress);
});
