import type { JobKind } from '@hearth/contract';
import type { jobs } from './jobs.table.ts';
import type { JobRecord, Membership, Outcome } from './jobs.types.ts';

export type Row = typeof jobs.$inferSelect;

/** A row as the union it stands for; the table's checks promise that it fits. */
export function asRecord(row: Row): JobRecord {
  const { id, title, priority, arrival, payload, createdBy, attempt, progress, createdAt } = row;
  const kind = row.kind as JobKind;
  const own = { id, kind, title, priority, arrival, payload, createdBy, attempt, progress, createdAt };
  const base = { ...own, gpuCount: row.gpuCount, gpus: row.gpuIndices, gang: gangOf(row), kept: row.kept };
  const { ackedSeq, startedAt, nodeId, leaseId } = row;
  if (row.state === 'queued') return { ...base, state: 'queued', waiting: row.waiting };
  if (row.state === 'finished') {
    const { error, result, exitCode, finishedAt } = row;
    const outcome = row.outcome as Outcome;
    const end = { outcome, error, result, exitCode, finishedAt: finishedAt ?? createdAt };
    return { ...base, state: 'finished', ...end, nodeId, leaseId, ackedSeq, startedAt };
  }
  if (!leaseId || !row.leaseExpiresAt) throw new Error(`Job ${id} is ${row.state} without a lease.`);
  const lease = { id: leaseId, nodeId: nodeId ?? '', expiresAt: row.leaseExpiresAt };
  const state = row.state === 'leased' ? 'leased' : 'running';
  return { ...base, state, lease, ackedSeq, cancelRequestedAt: row.cancelRequestedAt, startedAt };
}

function gangOf({ gangId, gangRank, gangSize }: Row): Membership | null {
  return gangId === null || gangRank === null || gangSize === null
    ? null
    : { id: gangId, rank: gangRank, size: gangSize };
}
