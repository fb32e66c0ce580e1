import type { AgentMessage } from '@hearth/contract';
import { newEvents } from './event-batch.ts';
import type { ActiveJob, JobRecord, NumberedEvent } from './jobs.types.ts';

export type Batch = Extract<AgentMessage, { type: 'job.events' }>;
export interface Delivery {
  nodeId: string;
  batch: Pick<Batch, 'jobId' | 'leaseId' | 'firstSeq' | 'events'>;
}
/** What is new of one job, out of all deliveries of a group. */
export interface Work {
  job: ActiveJob;
  ackedSeq: number;
  events: NumberedEvent[];
}
/** `ended`: its end is known already, the acknowledgement was lost on the way. `told`: a later one of the group answers. */
export type Verdict = { kind: 'work'; work: Work } | { kind: 'told' | 'ended' | 'foreign' };

/** Goes through deliveries in their order: who may speak for a job, and what of it is new. */
export function judge(jobs: ReadonlyMap<string, JobRecord>, deliveries: readonly Delivery[]): Verdict[] {
  const works = new Map<string, Work>();
  const verdicts = deliveries.map((delivery) => judgeOne(jobs.get(delivery.batch.jobId), works, delivery));
  const seen = new Set<Work>();
  for (const [index, verdict] of [...verdicts.entries()].toReversed()) {
    if (verdict.kind !== 'work') continue;
    if (seen.has(verdict.work)) verdicts[index] = { kind: 'told' };
    seen.add(verdict.work);
  }
  return verdicts;
}

function judgeOne(
  job: JobRecord | undefined,
  works: Map<string, Work>,
  { nodeId, batch }: Delivery,
): Verdict {
  if (job?.state === 'finished' && job.leaseId === batch.leaseId && job.nodeId === nodeId)
    return { kind: 'ended' };
  if (!isHolder(job, nodeId, batch.leaseId)) return { kind: 'foreign' };
  const work = works.get(job.id) ?? { job, ackedSeq: job.ackedSeq, events: [] };
  works.set(job.id, work);
  const hasEnded = work.events.at(-1)?.event.type === 'finished';
  if (!hasEnded) work.events.push(...newEvents(work.ackedSeq, batch.firstSeq, batch.events));
  work.ackedSeq = work.events.at(-1)?.seq ?? work.ackedSeq;
  return { kind: 'work', work };
}

export function isHolder(job: JobRecord | undefined, nodeId: string, leaseId: string): job is ActiveJob {
  const isActive = job?.state === 'leased' || job?.state === 'running';
  return isActive && job.lease.nodeId === nodeId && job.lease.id === leaseId;
}
