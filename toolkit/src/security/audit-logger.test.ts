import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { type AuditEvent, AuditLogger, FileAuditStore, getAuditLogger } from './audit-logger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('AuditLogger', () => {
  it('writes events down, and a restart forgets none', async () => {
    const file = join(folder, 'audit.jsonl');
    const clock = new ManualClock(0);
    const audit = new AuditLogger({ store: new FileAuditStore(file), clock });
    await audit.logLogin('user_1', { success: true, ipAddress: '192.0.2.1' });
    clock.skip(1000);
    await audit.logCommandExecution('user_1', 'ls -la\n{"type":"login"}', { success: false });
    await audit.logAccessDenied('user_2', '/admin', { reason: 'permission missing' });
    await audit.logEvent('key_rotated', 'system');
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(5);
    const restarted = new AuditLogger({ store: new FileAuditStore(file) });
    const events = await restarted.getRecentEvents();
    expect(events.map((event) => event.type)).toEqual(['key_rotated', 'access_denied', 'command', 'login']);
    expect(events[3]).toEqual({
      timestamp: '1970-01-01T00:00:00.000Z',
      type: 'login',
      userId: 'user_1',
      success: true,
      details: { ipAddress: '192.0.2.1' },
    });
    expect(events[1]).toMatchObject({ success: false, details: { resource: '/admin' } });
    expect(await restarted.getRecentEvents({ limit: 1, userId: 'user_1' })).toEqual([events[2]]);
    expect(await restarted.getRecentEvents({ type: 'login', userId: 'user_2' })).toEqual([]);
  });

  it('takes a store of your own, and does not hide that it failed', async () => {
    const kept: AuditEvent[] = [];
    const store = { append: async (event: AuditEvent) => void kept.push(event), recent: async () => kept };
    const audit = getAuditLogger({ store });
    await audit.logLogin('user_1', { success: false });
    expect(await getAuditLogger().getRecentEvents()).toHaveLength(1);
    const full = new AuditLogger({
      store: { ...store, append: () => Promise.reject(new Error('disk full')) },
    });
    await expect(full.logLogin('user_1', { success: true })).rejects.toThrow('disk full');
  });
});
