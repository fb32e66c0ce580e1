import type { OutputStream } from '@hearth/contract';
import type { Transaction } from '../platform/database.ts';
import { summarize } from './event-batch.ts';
import type { IntakeRepository } from './intake.repository.ts';
import type { Work } from './intake-plan.ts';
import type { ActiveJob, JobRecord } from './jobs.types.ts';
import { type Kept, keep, merged, mostLogLines, type Piece, type Share, trimTo } from './retention.ts';

const usualOutputLimit = 10_000_000;
const streams = ['stdout', 'stderr'] as const satisfies OutputStream[];

/** Stores what jobs log and print: all of a group in one statement each, and of much only beginning and end. */
export class JobKeeper {
  readonly #intake: IntakeRepository;
  constructor(intake: IntakeRepository) {
    this.#intake = intake;
  }

  /** Answers what is now stored of each job. */
  async keep(tx: Transaction, works: readonly Work[]): Promise<Map<string, Kept>> {
    const told = works.map(({ job, events }) => {
      const { logs, pieces } = summarize(events);
      const limit = limitOf(job);
      return { job, logs, limit, pieces: merged(pieces, limit) };
    });
    await this.#intake.addLogs(
      tx,
      told.flatMap(({ job, logs }) => logs.map((line) => ({ ...line, jobId: job.id }))),
    );
    await this.#intake.addOutput(
      tx,
      told.flatMap(({ job, pieces }) => pieces.map((piece) => ({ ...piece, jobId: job.id }))),
    );
    const result = new Map<string, Kept>();
    for (const { job, logs, pieces, limit } of told) {
      if (logs.length + pieces.length === 0) continue;
      const kept = { ...job.kept };
      if (logs.length > 0) kept.log = await this.#keepLog(tx, job.id, kept.log, logs);
      for (const stream of streams) {
        const own = pieces.filter((piece) => piece.stream === stream);
        if (own.length > 0)
          kept[stream] = await this.#keepOutput(tx, job.id, kept[stream], { stream, own, limit });
      }
      result.set(job.id, kept);
    }
    return result;
  }

  /** What a job has printed, and what would then be stored of it; nothing is written. */
  weigh({ job, events }: Work): { pieces: Piece[]; kept: Kept; isToTrim: boolean } {
    const limit = limitOf(job);
    const pieces = merged(summarize(events).pieces, limit);
    const kept = { ...job.kept };
    let isToTrim = false;
    for (const stream of streams) {
      const own = pieces.filter((piece) => piece.stream === stream);
      if (own.length === 0) continue;
      const sizes = own.map(({ seq, sizeBytes }) => ({ seq, size: sizeBytes }));
      const share = keep(kept[stream], sizes, limit);
      kept[stream] = share;
      isToTrim ||= trimTo(share, limit) !== undefined;
    }
    return { pieces, kept, isToTrim };
  }

  async #keepLog(
    tx: Transaction,
    jobId: string,
    before: Share | undefined,
    lines: { seq: number }[],
  ): Promise<Share> {
    const share = keep(
      before,
      lines.map(({ seq }) => ({ seq, size: 1 })),
      mostLogLines,
    );
    const most = trimTo(share, mostLogLines);
    if (most === undefined) return share;
    const went = await this.#intake.trimLogs(tx, jobId, { after: share.headSeq, most, cut: share.cut });
    return { ...share, tail: share.tail - went, cut: share.cut + went };
  }

  async #keepOutput(
    tx: Transaction,
    jobId: string,
    before: Share | undefined,
    {
      stream,
      own,
      limit,
    }: { stream: OutputStream; own: { seq: number; sizeBytes: number }[]; limit: number },
  ): Promise<Share> {
    const share = keep(
      before,
      own.map(({ seq, sizeBytes }) => ({ seq, size: sizeBytes })),
      limit,
    );
    const most = trimTo(share, limit);
    if (most === undefined) return share;
    const went = await this.#intake.trimOutput(tx, jobId, stream, { after: share.headSeq, most });
    return { ...share, tail: share.tail - went, cut: share.cut + went };
  }
}

const limitOf = ({ payload }: JobRecord): number =>
  payload.kind === 'script' ? payload.outputLimitBytes : usualOutputLimit;

/** A job as it stands with what is new of it, its end apart. */
export function counted({ job, ackedSeq, events }: Work): ActiveJob {
  const { startedAt, progress } = summarize(events);
  const started = job.startedAt ?? startedAt ?? null;
  const state = started ? 'running' : job.state;
  return { ...job, ackedSeq, startedAt: started, progress: progress ?? job.progress, state };
}
