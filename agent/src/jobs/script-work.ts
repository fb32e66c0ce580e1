import type { OutputStream, ScriptPayload } from '@hearth/contract';
import type { Tell } from './job-context.ts';
import { type End, type EndFacts, endFromOutside, endOfProgram, type Kill } from './job-end.ts';
import { jobEnvironment } from './job-environment.ts';
import { tailOf } from './job-exit.ts';
import type { JobWork, WorkOptions } from './job-work.ts';
import { type Journal, openJournal } from './journal.ts';
import { eventsOf } from './journal-reader.ts';
import { OutputTail } from './output-tail.ts';
import { prepareProgram } from './script-program.ts';

/** Where a file cannot be given back in parts, a program may write so many times what is kept of it. */
const runawayFactor = 100;

/**
 * A job whose process is a program of other people's, started as it is. What it writes goes to files; the agent
 * follows them and keeps the journal, so the program neither waits for the agent nor ends with it.
 */
export class ScriptWork implements JobWork {
  readonly #options: WorkOptions;
  readonly #payload: ScriptPayload;
  readonly #journal: Journal;
  readonly #tails: Record<OutputStream, OutputTail>;
  #startedAt: number | undefined;
  #hasEnded = false;

  constructor(options: WorkOptions, payload: ScriptPayload) {
    this.#options = options;
    this.#payload = payload;
    this.#journal = openJournal(options.directory.journal);
    const { outputLimitBytes: limitBytes } = payload;
    const follow = (stream: OutputStream) =>
      new OutputTail({ stream, path: options.directory[stream], limitBytes, tell: this.#tell });
    this.#tails = { stdout: follow('stdout'), stderr: follow('stderr') };
  }

  readonly #tell: Tell = (event) => this.#journal.append({ ...event, at: new Date().toISOString() });

  async prepare(signal: AbortSignal) {
    const { assignment, directory, folders } = this.#options;
    const log: Parameters<typeof prepareProgram>[1]['log'] = (level, message) => {
      this.#tell({ type: 'log', level, message });
      this.#options.onTold();
    };
    const { program } = this.#payload;
    const { command, folder, environment } = await prepareProgram(program, {
      assignment,
      folders,
      signal,
      log,
    });
    return {
      command,
      folder,
      environment: { ...jobEnvironment(assignment, environment), HEARTH_WORK: directory.work },
      stdout: directory.stdout,
      stderr: directory.stderr,
    };
  }

  begin(): void {
    this.#startedAt = Date.now();
    this.#tell({ type: 'started' });
  }

  resume(): void {
    for (const event of eventsOf(this.#options.directory.journal)) {
      if (event.type === 'started') this.#startedAt = Date.parse(event.at);
      if (event.type === 'output') this.#tails[event.stream].resume(event);
      if (event.type === 'finished') this.#hasEnded = true;
    }
  }

  collect(): boolean {
    const { stdout, stderr } = this.#tails;
    const isMore = stdout.collect();
    return stderr.collect() || isMore;
  }

  release(): number {
    return this.#tails.stdout.release() + this.#tails.stderr.release();
  }

  get deadline(): number | undefined {
    const { timeoutMs } = this.#payload;
    if (timeoutMs === null || this.#startedAt === undefined) return undefined;
    // A clock that was set back since must not give it more time than it has.
    return Math.min(this.#startedAt, Date.now()) + timeoutMs;
  }

  get offence(): Kill | undefined {
    const most = this.#payload.outputLimitBytes * runawayFactor;
    if (!Object.values(this.#tails).some((tail) => tail.isSolid && tail.sizeBytes > most)) return undefined;
    const message = `The program wrote more than ${most} bytes, and this machine cannot give back what is not kept of that.`;
    return { code: 'job.output_too_large', message };
  }

  async end(facts: EndFacts): Promise<void> {
    if (this.#hasEnded) return;
    await this.#tails.stdout.complete();
    await this.#tails.stderr.complete();
    this.fail(endFromOutside(facts) ?? endOfProgram(facts, await this.#lastWords(facts)));
  }

  fail(end: End): void {
    if (this.#hasEnded) return;
    this.#tell({ type: 'finished', ...end });
    this.#hasEnded = true;
  }

  close(): void {
    this.#journal.close();
    for (const tail of Object.values(this.#tails)) tail.close();
  }

  async #lastWords({ exitCode }: EndFacts): Promise<string> {
    return exitCode === 0 ? '' : tailOf(this.#options.directory.stderr);
  }
}
