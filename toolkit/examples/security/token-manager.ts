import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { FileRevocationStore, TokenManager } from '@hearth/toolkit/security';
import { temporaryFolder } from '../temporary-folder.ts';

// A secret signs with HS256, an Ed25519 key pair with EdDSA.
const revocations = new FileRevocationStore(`${temporaryFolder()}/revocations.jsonl`);
const manager = new TokenManager(generateKeyPairSync('ed25519'), { tokenLifetimeMs: 3_600_000, revocations });
const token = await manager.generateToken('user_1', ['read', 'write']);

const verdict = await manager.verifyToken(token);
assert(verdict.isValid);
assert.deepEqual(verdict.tokenData.permissions, ['read', 'write']);

await manager.revokeToken(token);
assert.deepEqual(await manager.verifyToken(token), { isValid: false, error: 'token.revoked' });
