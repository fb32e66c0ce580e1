import assert from 'node:assert/strict';
import { AuditLogger, type Caller, FileAuditStore, SecurityManager } from '@hearth/toolkit/security';
import { temporaryFolder } from '../temporary-folder.ts';

const audit = new AuditLogger({ store: new FileAuditStore(`${temporaryFolder()}/audit.jsonl`) });
const manager = new SecurityManager({ tokens: 'a secret of more than thirty-two bytes', audit });
const endpoint = manager.requirePermission('admin')(async (caller: Caller) => `for ${caller.user?.userId}`);

const admin = await manager.tokens.generateToken('ada', ['admin']);
const reader = await manager.tokens.generateToken('bob', ['read']);
assert.equal(await endpoint({ token: admin }), 'for ada');
await assert.rejects(endpoint({ token: reader }), { code: 'auth.forbidden', statusCode: 403 });

// With Fastify: app.get('/admin', { onRequest: manager.authHook('admin') }, handler)
assert.deepEqual(manager.validateAndSanitize('ls -la ', 'command'), { isValid: true, sanitized: 'ls -la' });
