import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Sealing } from './sealing.ts';

it('opens only what it sealed itself, unchanged', () => {
  const secret = randomBytes(32);
  const sealing = new Sealing(secret, 'test');
  const sealed = sealing.seal('sk-ключ');
  expect(sealed).not.toContain('sk-');
  expect(sealing.open(sealed)).toBe('sk-ключ');
  expect(sealing.seal('sk-ключ')).not.toBe(sealed);
  expect(() => new Sealing(secret, 'other').open(sealed)).toThrow();
  const changed = Buffer.from(sealed, 'base64url');
  changed[changed.length - 1]! ^= 1;
  expect(() => sealing.open(changed.toString('base64url'))).toThrow();
});
