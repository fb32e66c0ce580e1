import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PasswordValidator } from './password-validator.ts';
import { SecurityPolicy } from './security-policy.ts';

const quick = new PasswordValidator(new SecurityPolicy(), { iterations: 1000 });

describe('PasswordValidator', () => {
  it.each([
    ['MyPassword123!', undefined],
    ['Пароль-123', undefined],
    ['Aa1!aaa', /at least 8/],
    ['mypassword123!', /upper-case/],
    ['MyPassword!!!', /digit/],
    ['MyPassword123', /special/],
    ['MyPassword 123', /special/],
    [`A1!${'x'.repeat(1100)}`, /more than/],
  ])('%j', (password, error) => {
    expect(quick.validate(password)).toMatchObject(error ? { isValid: false, error } : { isValid: true });
  });

  it('follows the policy', () => {
    const policy = new SecurityPolicy();
    policy.minPasswordLength = 12;
    policy.requireUppercase = policy.requireDigit = policy.requireSpecial = false;
    const validator = new PasswordValidator(policy);
    expect(validator.validate('elevenchars').isValid).toBe(false);
    expect(validator.validate('twelve chars').isValid).toBe(true);
  });

  it('hashes with PBKDF2-SHA256 and a salt of its own', async () => {
    const { hash, salt } = await quick.hashPassword('MyPassword123!');
    const expected = pbkdf2Sync('MyPassword123!', Buffer.from(salt, 'base64'), 1000, 32, 'sha256');
    expect(hash).toBe(`pbkdf2-sha256$1000$${expected.toString('base64')}`);
    expect((await quick.hashPassword('MyPassword123!')).salt).not.toBe(salt);
    expect(await quick.verifyPassword('MyPassword123!', hash, salt)).toBe(true);
    expect(await quick.verifyPassword('MyPassword123?', hash, salt)).toBe(false);
    expect(await quick.verifyPassword('MyPassword123!', hash, `${salt.slice(2)}AA`)).toBe(false);
  });

  it('spends 600 000 rounds by default, and refuses hashes it cannot read or that would stop the machine', async () => {
    const { hash, salt } = await new PasswordValidator().hashPassword('é');
    expect(hash).toMatch(/^pbkdf2-sha256\$600000\$/);
    expect(await quick.verifyPassword('e\u0301', hash, salt)).toBe(true);
    for (const bad of [
      '',
      'md5$1$x',
      hash.replace('600000', '99999999'),
      hash.replace('600000', '0'),
      hash.slice(0, -3),
    ])
      expect(await quick.verifyPassword('é', bad, salt)).toBe(false);
  });
});
