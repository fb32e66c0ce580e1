import { join } from 'node:path';
import { z } from 'zod';
import { JobError } from '../jobs/job-error.ts';
import { describePipProblem } from './pip-problem.ts';
import { type RunOptions, run } from './run.ts';

const Package = z.object({
  name: z.string(),
  version: z.string(),
  sizeBytes: z.number().int().nonnegative().nullable(),
});
/** A package that is going to be downloaded. */
export type Package = z.infer<typeof Package>;

type Options = Pick<RunOptions, 'signal' | 'env' | 'onLine'>;
const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar=off', '--prefer-binary'];
const sizes = join(import.meta.dirname, 'download-sizes.py');
/** The first pip whose rehearsal does not download the packages. */
const firstThatPlans = 24;

/** pip of the environment that `python` belongs to. */
export class Pip {
  readonly #python: string;
  readonly #options: Options;
  constructor(python: string, options: Options) {
    this.#python = python;
    this.#options = options;
  }

  /** A pip that is too old to plan is replaced; where that cannot be had, the old one does. */
  async renew(): Promise<void> {
    const { stdout } = await this.#run(['--version']);
    const major = Number(/^pip (\d+)\./.exec(stdout)?.[1] ?? 0);
    if (major >= firstThatPlans) return;
    await this.#run(['install', ...quiet, '--retries=0', '--upgrade', `pip>=${firstThatPlans},<27`]);
  }

  /** What an installation would download, and how large that is. */
  async plan(requirements: readonly string[]): Promise<Package[]> {
    const args = ['install', ...quiet, '--quiet', '--dry-run', '--report=-', ...requirements];
    const { stdout } = await this.#succeed(args);
    const measured = await run(this.#python, ['-I', sizes], { ...this.#quietly(), input: stdout });
    if (measured.code !== 0)
      throw new JobError('python.failed', `The download could not be measured: ${measured.stderr.trim()}`);
    return z.array(Package).parse(JSON.parse(measured.stdout));
  }

  async install(requirements: readonly string[]): Promise<void> {
    await this.#succeed(['install', ...quiet, ...requirements], this.#options);
  }

  async #succeed(args: string[], options?: Options) {
    const ran = await this.#run(args, options);
    if (ran.code === 0) return ran;
    throw new JobError('python.failed', describePipProblem(ran.stderr));
  }

  #run(args: string[], options: Options = this.#quietly()) {
    return run(this.#python, ['-I', '-m', 'pip', ...args], options);
  }

  #quietly(): Omit<Options, 'onLine'> {
    const { signal, env } = this.#options;
    return { signal, env };
  }
}
