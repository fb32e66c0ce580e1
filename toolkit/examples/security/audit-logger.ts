import assert from 'node:assert/strict';
import { AuditLogger, FileAuditStore, PostgresAuditStore, type SqlQuery } from '@hearth/toolkit/security';
import { temporaryFolder } from '../temporary-folder.ts';

const audit = new AuditLogger({ store: new FileAuditStore(`${temporaryFolder()}/audit.jsonl`) });
await audit.logLogin('user_1', { success: true, ipAddress: '192.0.2.1' });
await audit.logAccessDenied('user_1', '/admin', { reason: 'permission missing' });
// In a table of PostgreSQL instead; `pool` is one of `pg`.
export const auditIn = (pool: { query: SqlQuery }) =>
  new AuditLogger({ store: new PostgresAuditStore((text, values) => pool.query(text, values)) });

const [newest] = await audit.getRecentEvents({ limit: 1, userId: 'user_1' });
assert.equal(newest?.type, 'access_denied');
