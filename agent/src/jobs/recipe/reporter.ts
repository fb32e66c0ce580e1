import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { LogLevel, ProgramReport } from '@hearth/contract';
import type { JobContext } from '../job-context.ts';
import { longestMessage } from '../journal-line.ts';
import type { CheckpointUploads } from './checkpoint-uploads.ts';
import { parseLine } from './report-line.ts';

const mostLines = 20_000;
const mostCharacters = 10_000_000;
const mostPoints = 1000;

/** Turns the lines that a recipe's program writes into news of its job. */
export class Reporter {
  readonly #context: JobContext;
  readonly #checkpoints: CheckpointUploads;
  readonly #folder: string;
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

  stdout = (text: string): void => {
    const line = parseLine(text);
    if (line.kind === 'report') this.#apply(line.report);
    else if (line.kind === 'text') this.#log('INFO', text);
    else this.#log('WARNING', `A report of the program cannot be read. ${line.problem}`);
  };

  stderr = (text: string): void => this.#log('WARNING', text);

  #apply(report: ProgramReport): void {
    const { metrics, step, params, progress, checkpoint, result, log, level, error } = report;
    const { tell } = this.#context;
    if (log !== undefined) this.#log(level, log);
    const points = Object.entries(metrics ?? {}).flatMap(([key, value]) =>
      value === null ? [] : [{ key, step, value }],
    );
    for (let at = 0; at < points.length; at += mostPoints)
      tell({ type: 'metrics', points: points.slice(at, at + mostPoints) });
    if (params && Object.keys(params).length > 0) tell({ type: 'params', params: asTexts(params) });
    if (progress) tell({ type: 'progress', progress });
    if (checkpoint !== undefined) this.#keep(checkpoint, report.epoch ?? step);
    Object.assign(this.result, result);
    this.error = error ?? this.error;
  }

  #keep(name: string, epoch: number): void {
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
