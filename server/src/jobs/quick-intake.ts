import type { Database } from '../platform/database.ts';
import { type Aftermath, changeOf, type EndingsService, finishedAs } from './endings.service.ts';
import { summarize } from './event-batch.ts';
import type { IntakeRepository } from './intake.repository.ts';
import { type Delivery, judge, type Verdict, type Work } from './intake-plan.ts';
import { counted, type JobKeeper } from './job-keeper.ts';
import type { ActiveJob, JobRecord } from './jobs.types.ts';

/**
 * The short way for news that concern nobody but the queue, as those of light scripts: jobs as this server last stored
 * them stand in for reading them, and one statement stores what is new if they still stand so. Everything else, and
 * whatever somebody else changed meanwhile, goes the long way.
 */
export class QuickIntake {
  readonly #database: Database;
  readonly #intake: IntakeRepository;
  readonly #keeper: JobKeeper;
  readonly #endings: EndingsService;
  readonly #known = new Map<string, ActiveJob>();
  constructor(database: Database, intake: IntakeRepository, keeper: JobKeeper, endings: EndingsService) {
    this.#database = database;
    this.#intake = intake;
    this.#keeper = keeper;
    this.#endings = endings;
  }

  /** To be told of every job as it stands after a commit. */
  remember(job: JobRecord): void {
    const isKnown = (job.state === 'leased' || job.state === 'running') && !job.gang;
    if (isKnown) this.#known.set(job.id, job);
    else this.#known.delete(job.id);
  }

  /** Undefined when the long way has to be gone. */
  async take(
    deliveries: readonly Delivery[],
  ): Promise<{ verdicts: Verdict[]; aftermaths: Aftermath[] } | undefined> {
    const verdicts = judge(this.#known, deliveries);
    const works = verdicts.flatMap((verdict) => (verdict.kind === 'work' ? verdict.work : []));
    const isAllWork = verdicts.every(({ kind }) => kind === 'work' || kind === 'told');
    if (!isAllWork || !works.every((work) => this.#isPlain(work))) return undefined;
    const told = works.map((work) => ({ work, ...this.#keeper.weigh(work) }));
    if (told.some(({ isToTrim }) => isToTrim)) return undefined;
    const aftermaths = told.map(({ work, kept }): Aftermath => {
      const { finished } = summarize(work.events);
      const job = { ...counted(work), kept };
      const end = finished && finishedAs(job, { ...finished, at: new Date(finished.at) });
      return { job: end ?? job, events: work.events, released: [] };
    });
    const changes = aftermaths.map(({ job }, index) => {
      const { lease, ackedSeq } = works[index]!.job;
      return { ...changeOf(job), was: { leaseId: lease.id, ackedSeq } };
    });
    const pieces = told.flatMap((one) => one.pieces.map((piece) => ({ ...piece, jobId: one.work.job.id })));
    if (await this.#intake.saveKnown(this.#database, changes, pieces)) return { verdicts, aftermaths };
    for (const { job } of works) this.#known.delete(job.id);
    return undefined;
  }

  #isPlain({ job, events }: Work): boolean {
    const handler = this.#endings.handlerOf(job.kind);
    const isConcerned =
      handler?.onEvents &&
      (!handler.concerns || events.some(({ event }) => handler.concerns!.has(event.type)));
    const last = events.at(-1)?.event;
    if (!last || isConcerned || events.some(({ event }) => event.type === 'log')) return false;
    if (last.type !== 'finished') return true;
    return !handler?.onEnded && !(last.outcome === 'completed' && handler?.onCompleted);
  }
}
