import type { JobKind } from '@hearth/contract';
import type { jobs } from './jobs.table.ts';
import type { JobRecord, Outcome } from './jobs.types.ts';

type Row = typeof jobs.$inferSelect;

/** A row as the union it stands for; the table's checks promise that it fits. */
export function asRecord(row: Row): JobRecord {
  const { id, title, priority, arrival, payload, createdBy, attempt, progress, createdAt } = row;
  const kind = row.kind as JobKind;
  const base = { id, kind, title, priority, arrival, payload, createdBy, attempt, progress, createdAt };
  const { ackedSeq, startedAt, nodeId, leaseId } = row;
  if (row.state === 'queued') return { ...base, state: 'queued' };
  if (row.state === 'finished') {
    const { error, result, finishedAt } = row;
    const end = { outcome: row.outcome as Outcome, error, result, finishedAt: finishedAt ?? createdAt };
    return { ...base, state: 'finished', ...end, nodeId, leaseId, ackedSeq, startedAt };
  }
  if (!leaseId || !row.leaseExpiresAt) throw new Error(`Job ${id} is ${row.state} without a lease.`);
  const lease = { id: leaseId, nodeId: nodeId ?? '', expiresAt: row.leaseExpiresAt };
  const state = row.state === 'leased' ? 'leased' : 'running';
  return { ...base, state, lease, ackedSeq, cancelRequestedAt: row.cancelRequestedAt, startedAt };
}
