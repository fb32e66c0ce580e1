import assert from 'node:assert/strict';
import { InputValidator, PasswordValidator, SecurityPolicy } from '@hearth/toolkit/security';

const policy = new SecurityPolicy();
policy.minPasswordLength = 12;
policy.forbiddenCommands.push('git push --force');

assert.equal(new PasswordValidator(policy).validate('Short-1').isValid, false);
assert.equal(new InputValidator(policy).validateCommand('git push -f origin').isValid, false);
