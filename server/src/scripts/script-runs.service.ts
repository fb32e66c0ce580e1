import type { Script, ScriptRun, ScriptStatus } from '@hearth/contract';
import { z } from 'zod';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import { type CatalogueService, unknownScript } from './catalogue.service.ts';
import { planRun, type RunWish } from './run-plan.ts';
import { asRun, hasEnded, noOutput, type Output } from './run-view.ts';
import type { RunRow, ScriptsRepository } from './scripts.repository.ts';

export interface RunOrder extends RunWish {
  name: string;
  createdBy: string;
}
interface RunFilter {
  cursor?: string | undefined;
  scriptName?: string | undefined;
  status?: ScriptStatus | undefined;
}

/** Runs of scripts: starting and cancelling them, and telling how they stand. One of a script at a time. */
export class ScriptRunsService {
  readonly #repository: ScriptsRepository;
  readonly #catalogue: CatalogueService;
  readonly #jobs: JobsService;
  readonly #nodes: NodesService;
  readonly #clock: Clock;
  /** Called when a run was queued; handed in by those who tell people. */
  onStarted: (runId: string) => void = () => undefined;
  constructor(
    repository: ScriptsRepository,
    catalogue: CatalogueService,
    jobs: JobsService,
    nodes: NodesService,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#catalogue = catalogue;
    this.#jobs = jobs;
    this.#nodes = nodes;
    this.#clock = clock;
  }

  /** Resolves when the run is queued and, where a node has room, on its way there. */
  async start({ name, createdBy, ...wish }: RunOrder): Promise<ScriptRun> {
    const { manifest, code } = await this.#catalogue.require(name);
    const { mode, args, environment, timeoutSeconds, command } = planRun(manifest, wish);
    const capable = (await this.#nodes.capabilities()).some(({ jobKinds }) => jobKinds.includes('script'));
    if (!capable) throw new AppError('node.none_capable', 'No machine that can run scripts has joined yet.');
    const { entry = name, runtime, working_directory: workingDirectory } = manifest;
    const program = { code, runtime, entry, args, environment, workingDirectory };
    const timeoutMs = timeoutSeconds * 1000;
    const payload = {
      kind: 'script' as const,
      scriptName: name,
      program,
      timeoutMs,
      outputLimitBytes: 10_000_000,
    };
    const jobId = await this.#repository.transaction(async (tx) => {
      await this.#repository.lock(tx, name);
      const active = await this.#repository.findActive(name, tx);
      if (active) throw alreadyRunning(active);
      const id = await this.#jobs.enqueue(tx, {
        kind: 'script',
        title: name,
        priority: 0,
        payload,
        createdBy,
      });
      const asked = { scriptName: name, args: [...wish.args], mode, command, timeoutSeconds };
      const codeDigest = code.digest;
      await this.#repository.add(tx, { jobId: id, ...asked, codeDigest, createdAt: this.#clock() });
      return id;
    });
    await this.#jobs.dispatch();
    this.onStarted(jobId);
    return this.get(jobId);
  }

  /** Resolves when no process of it is left (`true`), or after a while though the order stands (`false`). */
  async cancel(name: string): Promise<{ run: ScriptRun; isProven: boolean }> {
    const active = await this.#repository.findActive(name);
    if (!active && !(await this.#catalogue.has(name))) throw unknownScript(name);
    if (!active) throw notRunning(name);
    try {
      const answer = await this.#jobs.cancel(active.jobId);
      const run = await this.get(active.jobId);
      // It may have ended by itself while the order was on its way.
      if (answer === 'stopped' && run.status !== 'cancelled') throw notRunning(name);
      return { run, isProven: answer === 'stopped' };
    } catch (error) {
      if (error instanceof AppError && error.code === 'job.not_active') throw notRunning(name);
      throw error;
    }
  }

  async get(runId: string): Promise<ScriptRun> {
    const row = await this.#repository.find(runId);
    const [run] = row ? await this.#asRuns([row]) : [];
    if (!run) throw new AppError('job.not_found', 'There is no such run.', { run_id: runId });
    return run;
  }

  /** What it has written, once it has ended. */
  async output(run: ScriptRun): Promise<Output> {
    if (!hasEnded(run)) return noOutput;
    const [stdout, stderr] = await Promise.all([
      this.#jobs.outputText(run.run_id, 'stdout'),
      this.#jobs.outputText(run.run_id, 'stderr'),
    ]);
    return { stdout, stderr };
  }

  async newestOf(name: string): Promise<ScriptRun> {
    const [run] = await this.#asRuns(await this.#repository.newest({ scriptName: name }));
    if (run) return run;
    if (!(await this.#catalogue.has(name))) throw unknownScript(name);
    throw new AppError('script.not_found', `${name} has not been run yet.`, { script_name: name });
  }

  /** The newest run of every script that was ever run. */
  async newest(): Promise<ScriptRun[]> {
    return this.#asRuns(await this.#repository.newest());
  }

  /** For each script its active run, and the newest that has ended. */
  async standing(scriptName?: string): Promise<Map<string, Pick<Script, 'active_run' | 'last_run'>>> {
    const filter = scriptName === undefined ? {} : { scriptName };
    const [newest, ended] = await Promise.all([
      this.#repository.newest(filter),
      this.#repository.newest({ ...filter, ended: true }),
    ]);
    const [newestRuns, endedRuns] = [await this.#asRuns(newest), await this.#asRuns(ended)];
    const last = new Map(endedRuns.map((run) => [run.script_name, run]));
    return new Map(
      newestRuns.map((run) => {
        const active_run = hasEnded(run) ? null : run;
        return [run.script_name, { active_run, last_run: last.get(run.script_name) ?? null }];
      }),
    );
  }

  async list(limit: number, { cursor, scriptName, status }: RunFilter): Promise<Page<ScriptRun>> {
    const before = readCursor(z.number(), cursor);
    const rows = await this.#repository.list(limit + 1, {
      ...(before === undefined ? {} : { before }),
      ...(scriptName === undefined ? {} : { scriptName }),
      ...(status ? { status } : {}),
    });
    const page = toPage(
      rows,
      limit,
      ({ arrival }) => arrival,
      (row) => row,
    );
    return { ...page, items: await this.#asRuns(page.items) };
  }

  async #asRuns(rows: RunRow[]): Promise<ScriptRun[]> {
    if (rows.length === 0) return [];
    const [jobs, nodes] = await Promise.all([
      this.#jobs.views(rows.map(({ jobId }) => jobId)),
      this.#nodes.capabilities(),
    ]);
    const names = new Map(nodes.map(({ nodeId, name }) => [nodeId, name]));
    return rows.flatMap((row) => {
      const job = jobs.get(row.jobId);
      return job ? [asRun(row, job, names.get(job.node_id ?? ''))] : [];
    });
  }
}

const alreadyRunning = ({ scriptName, jobId }: RunRow) =>
  new AppError('script.already_running', `${scriptName} is running already.`, {
    script_name: scriptName,
    run_id: jobId,
  });
const notRunning = (name: string) =>
  new AppError('script.not_running', `${name} is not running.`, { script_name: name });
