import assert from 'node:assert/strict';
import { PasswordValidator } from '@hearth/toolkit/security';

const validator = new PasswordValidator();
assert.deepEqual(validator.validate('password'), {
  isValid: false,
  error: 'The password needs an upper-case letter',
});
const { hash, salt } = await validator.hashPassword('MyPassword123!');
assert.equal(await validator.verifyPassword('MyPassword123!', hash, salt), true);
assert.equal(await validator.verifyPassword('MyPassword123?', hash, salt), false);
