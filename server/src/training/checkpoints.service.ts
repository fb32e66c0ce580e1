import type { TrainingPayload } from '@hearth/contract';
import type { NumberedEvent } from '../jobs/jobs.types.ts';
import type { Transaction } from '../platform/database.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { CheckpointRow, CheckpointsRepository } from './checkpoints.repository.ts';

const kept = 2;

/** What sessions can be resumed from. */
export class CheckpointsService {
  readonly #repository: CheckpointsRepository;
  readonly #blobs: BlobsService;
  constructor(repository: CheckpointsRepository, blobs: BlobsService) {
    this.#repository = repository;
    this.#blobs = blobs;
  }

  newest(sessionIds: string[]): Promise<Map<string, CheckpointRow>> {
    return this.#repository.newest(sessionIds);
  }

  async find(tx: Transaction, sessionId: string): Promise<CheckpointRow | undefined> {
    return (await this.#repository.newest([sessionId], tx)).get(sessionId);
  }

  /** A new session begins with another's: it is this one's from now on, before its first epoch. */
  async adopt(tx: Transaction, sessionId: string, of: CheckpointRow, at: Date): Promise<void> {
    const { name, sha256, sizeBytes } = of;
    await this.#repository.add(tx, [{ sessionId, name, sha256, sizeBytes, epoch: 0, createdAt: at }]);
  }

  /** Those a job told of; their files are the job's until it ends, and the session's from here on. */
  async take(tx: Transaction, sessionId: string, events: NumberedEvent[]): Promise<void> {
    const told = events.flatMap(({ event }) => (event.type === 'checkpoint' ? [event] : []));
    await this.#repository.add(
      tx,
      told.map(({ name, epoch, sha256, sizeBytes, at }) => ({
        sessionId,
        name,
        epoch,
        sha256,
        sizeBytes,
        createdAt: new Date(at),
      })),
    );
  }

  /** Lets older ones go; a session that has come to its end keeps one, for others to begin with. */
  async trim(sessionId: string, isComplete: boolean): Promise<void> {
    const digests = await this.#repository.trim(sessionId, isComplete ? 1 : kept);
    await this.#blobs.release(digests);
  }
}

/** As a job is told of it. */
export const asResume = ({ epoch, name, sha256, sizeBytes }: CheckpointRow): TrainingPayload['resume'] => ({
  epoch,
  name,
  sha256,
  sizeBytes,
});
