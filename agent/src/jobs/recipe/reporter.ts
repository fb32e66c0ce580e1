import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLevel, ProgramReport } from '@hearth/contract';
import type { JobContext, Tell } from '../job-context.ts';
import { journalLine, longestMessage } from '../journal-line.ts';
import { Allowance } from './allowance.ts';
import type { CheckpointUploads } from './checkpoint-uploads.ts';
import { parseLine } from './report-line.ts';

const mostLines = 20_000;
const mostCharacters = 10_000_000;
const mostPoints = 1000;
const mostOfResult = 1_000_000;
/** A checkpoint costs the server more than its line does. */
const checkpointBytes = 16 * 1024;

/** Turns the lines that a recipe's program writes into news of its job. */
export class Reporter {
  readonly #context: JobContext;
  readonly #checkpoints: CheckpointUploads;
  readonly #folder: string;
  readonly #allowance = new Allowance(performance.now());
  #waitMs = 0;
  #hasWaited = false;
  #ofResult = 0;
  #lines = 0;
  #characters = 0;
  /** What the program says of its model. */
  readonly result: Record<string, unknown> = {};
  /** Why it is about to fail, in its own words. */
  error: string | undefined;

  constructor(context: JobContext, checkpoints: CheckpointUploads, checkpointFolder: string) {
    this.#context = context;
    this.#checkpoints = checkpoints;
    this.#folder = checkpointFolder;
  }

  /** Wants to wait where the program tells more than it may. */
  stdout = (text: string): Promise<void> | undefined => {
    const line = parseLine(text);
    if (line.kind === 'report') this.#apply(line.report);
    else if (line.kind === 'text') this.#log('INFO', text);
    else this.#log('WARNING', `A report of the program cannot be read. ${line.problem}`);
    return this.#waitMs > 0 ? this.#wait() : undefined;
  };

  stderr = (text: string): void => this.#log('WARNING', text);

  #apply(report: ProgramReport): void {
    const { metrics, step, params, progress, checkpoint, result, log, level, error } = report;
    if (log !== undefined) this.#log(level, log);
    const points = Object.entries(metrics ?? {}).flatMap(([key, value]) =>
      value === null ? [] : [{ key, step, value }],
    );
    for (let at = 0; at < points.length; at += mostPoints)
      this.#tell({ type: 'metrics', points: points.slice(at, at + mostPoints) });
    if (params && Object.keys(params).length > 0) this.#tell({ type: 'params', params: asTexts(params) });
    if (progress) this.#tell({ type: 'progress', progress });
    if (checkpoint !== undefined) this.#keep(checkpoint, report.epoch ?? step);
    if (result) this.#addResult(result);
    this.error = error ?? this.error;
  }

  #tell(...[event]: Parameters<Tell>): void {
    this.#context.tell(event);
    const at = new Date().toISOString();
    this.#spend(Buffer.byteLength(journalLine({ ...event, at })));
  }

  #spend(bytes: number): void {
    this.#waitMs = this.#allowance.take(bytes, performance.now());
  }

  async #wait(): Promise<void> {
    const { signal, log } = this.#context;
    if (!this.#hasWaited)
      log('WARNING', 'The program reports more than can be kept of it; it is held up now and then.');
    this.#hasWaited = true;
    // One that shall stop has little time left for its last words.
    await sleep(this.#waitMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    this.#waitMs = 0;
  }

  #addResult(result: Record<string, unknown>): void {
    this.#ofResult += JSON.stringify(result).length;
    if (this.#ofResult <= mostOfResult) Object.assign(this.result, result);
    else
      this.#log(
        'WARNING',
        `What a program finds may have ${mostOfResult} characters; what follows is not kept.`,
      );
  }

  #keep(name: string, epoch: number): void {
    this.#spend(checkpointBytes);
    try {
      const folder = realpathSync(this.#folder);
      const path = realpathSync(join(folder, name));
      if (!path.startsWith(folder + sep)) throw new Error('it lies elsewhere');
      this.#checkpoints.offer({ path, epoch });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log('WARNING', `There is no checkpoint ${name} in the checkpoint folder: ${reason}`);
    }
  }

  #log(level: LogLevel, text: string): void {
    if (this.#lines >= mostLines || this.#characters >= mostCharacters) return;
    this.#lines += 1;
    this.#characters += Math.min(text.length, longestMessage);
    if (this.#lines < mostLines && text.trim() !== '') this.#context.log(level, text);
    if (this.#lines === mostLines || this.#characters >= mostCharacters)
      this.#context.log('WARNING', `The program wrote ${this.#lines} lines; what follows is not kept.`);
  }
}

const asTexts = (params: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
