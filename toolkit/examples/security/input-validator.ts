import assert from 'node:assert/strict';
import { escapeHtml, InputValidator } from '@hearth/toolkit/security';

const validator = new InputValidator();
assert.equal(validator.validateCommand('ls --all').isValid, true);
assert.equal(validator.validateCommand('rm  -rf /').isValid, false);
assert.equal(validator.validateCommand('echo "$(rm -rf /)"').isValid, false);
assert.equal(validator.validatePath('/home/user/file.txt').isValid, true);
assert.equal(validator.validatePath('files/%2e%2e/secret').isValid, false);
assert.equal(validator.validateEmail('ada@example.org').isValid, true);
assert.equal(validator.sanitizeInput(' tea\0 \r\n'), 'tea');
assert.equal(escapeHtml('<b>'), '&lt;b&gt;');
