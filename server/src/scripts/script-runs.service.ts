import {
  type CodeBundle,
  type Script,
  type ScriptManifestEntry,
  ScriptName,
  type ScriptPayload,
  type ScriptResult,
  type ScriptRun,
  type ScriptStatus,
} from '@hearth/contract';
import { z } from 'zod';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { JobRecord } from '../jobs/jobs.types.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import { AppError } from '../platform/errors.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import { type CatalogueService, unknownScript } from './catalogue.service.ts';
import { planRun, type RunPlan, type RunWish } from './run-plan.ts';
import { asResult, asRun, hasEnded, jobStateOf, noOutput, type Output } from './run-view.ts';

export interface RunOrder extends RunWish {
  name: string;
  createdBy: string;
}
export interface StartedRun {
  runId: string;
  name: string;
  command: string;
  timeoutSeconds: number;
}
interface RunFilter {
  cursor?: string | undefined;
  scriptName?: string | undefined;
  status?: ScriptStatus | undefined;
}

/** Kept of what a script writes to each of its streams. */
const outputLimitBytes = 10_000_000;

/** Runs of scripts: starting and cancelling them, and telling how they stand. One of a script at a time. */
export class ScriptRunsService {
  readonly #catalogue: CatalogueService;
  readonly #jobs: JobsService;
  readonly #nodes: NodesService;
  readonly #links: LinksService;
  constructor(catalogue: CatalogueService, jobs: JobsService, nodes: NodesService, links: LinksService) {
    this.#catalogue = catalogue;
    this.#jobs = jobs;
    this.#nodes = nodes;
    this.#links = links;
  }

  /** Resolves when the run is stored and, where a node has room, on its way there. */
  async start({ name, createdBy, ...wish }: RunOrder): Promise<StartedRun> {
    const { manifest, code } = await this.#catalogue.require(name);
    const plan = planRun(manifest, wish);
    await this.#requireNode();
    const payload = payloadOf(manifest, code, plan, wish.args);
    const order = { kind: 'script' as const, title: name, priority: 0, payload, createdBy };
    const runId = await this.#jobs.enqueueOnly({ ...order, mutex: mutexOf(name) });
    if (runId === undefined) throw alreadyRunning(name, await this.#findActive(name));
    const { command, timeoutSeconds } = plan;
    return { runId, name, command, timeoutSeconds };
  }

  /** Waits for the end of a run, in however long; rejects with the signal's reason. */
  async ended({ runId, name }: StartedRun, signal: AbortSignal): Promise<ScriptResult> {
    const { job, stdout, stderr } = await this.#jobs.waitForEnd(runId, signal);
    return asResult(name, this.#jobs.view(job), { stdout, stderr });
  }

  /** How a run stands, in the form of its end. */
  async result({ runId, name }: StartedRun): Promise<ScriptResult> {
    const job = this.#jobs.view(await this.#jobs.get(runId));
    return asResult(name, job, hasEnded(job) ? await this.#jobs.output(runId) : noOutput);
  }

  /** Resolves when no process of it is left (`true`), or after a while though the order stands (`false`). */
  async cancel(name: string): Promise<{ run: ScriptRun; isProven: boolean }> {
    const active = isName(name) ? await this.#findActive(name) : undefined;
    if (!active && !(await this.#catalogue.has(name))) throw unknownScript(name);
    if (!active) throw notRunning(name);
    try {
      const answer = await this.#jobs.cancel(active.id);
      const run = await this.get(active.id);
      // It may have ended by itself while the order was on its way.
      if (answer === 'stopped' && run.status !== 'cancelled') throw notRunning(name);
      return { run, isProven: answer === 'stopped' };
    } catch (error) {
      if (error instanceof AppError && error.code === 'job.not_active') throw notRunning(name);
      throw error;
    }
  }

  async get(runId: string): Promise<ScriptRun> {
    const job = await this.#jobs.find(runId);
    const [run] = job ? await this.#asRuns([job]) : [];
    if (!run) throw new AppError('job.not_found', 'There is no such run.', { run_id: runId });
    return run;
  }

  /** What it has written, once it has ended. */
  output(run: ScriptRun): Promise<Output> {
    return hasEnded(run) ? this.#jobs.output(run.run_id) : Promise.resolve(noOutput);
  }

  async newestOf(name: string): Promise<ScriptRun> {
    const rows = isName(name) ? await this.#jobs.newestOfEach(ofScript(name)) : [];
    const [run] = await this.#asRuns(rows);
    if (run) return run;
    if (!(await this.#catalogue.has(name))) throw unknownScript(name);
    throw new AppError('script.not_found', `${name} has not been run yet.`, { script_name: name });
  }

  /** The newest run of every script that was ever run. */
  async newest(): Promise<ScriptRun[]> {
    return this.#asRuns(await this.#jobs.newestOfEach({ kind: 'script' }));
  }

  /** For each script its active run, and the newest that has ended. */
  async standing(scriptName?: string): Promise<Map<string, Pick<Script, 'active_run' | 'last_run'>>> {
    const filter = scriptName === undefined ? { kind: 'script' as const } : ofScript(scriptName);
    const [newest, ended] = await Promise.all([
      this.#jobs.newestOfEach(filter),
      this.#jobs.newestOfEach({ ...filter, hasEnded: true }),
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
    const rows = await this.#jobs.records(limit + 1, {
      ...(scriptName === undefined ? { kind: 'script' } : ofScript(scriptName)),
      ...(before === undefined ? {} : { before }),
      ...(status ? { state: jobStateOf[status] } : {}),
    });
    const page = toPage(
      rows,
      limit,
      ({ arrival }) => arrival,
      (row) => row,
    );
    return { ...page, items: await this.#asRuns(page.items) };
  }

  async #requireNode(): Promise<void> {
    const isAble = ({ jobKinds }: { jobKinds: readonly string[] }) => jobKinds.includes('script');
    if (this.#links.online().some(isAble) || (await this.#nodes.capabilities()).some(isAble)) return;
    throw new AppError('node.none_capable', 'No machine that can run scripts has joined yet.');
  }

  async #findActive(name: string): Promise<JobRecord | undefined> {
    const [active] = await this.#jobs.records(1, { ...ofScript(name), hasEnded: false });
    return active;
  }

  async #asRuns(runs: JobRecord[]): Promise<ScriptRun[]> {
    if (runs.length === 0) return [];
    const nodes = await this.#nodes.capabilities();
    const names = new Map(nodes.map(({ nodeId, name }) => [nodeId, name]));
    return runs.flatMap((run) => {
      if (run.payload.kind !== 'script') return [];
      const job = this.#jobs.view(run);
      return [asRun(run.payload, job, names.get(job.node_id ?? ''))];
    });
  }
}

function payloadOf(
  manifest: ScriptManifestEntry,
  code: CodeBundle,
  plan: RunPlan,
  askedArgs: readonly string[],
): ScriptPayload {
  const { name, entry = name, runtime, working_directory: workingDirectory } = manifest;
  const { mode, command, args, environment, timeoutSeconds } = plan;
  return {
    kind: 'script',
    scriptName: name,
    asked: { args: [...askedArgs], mode, command },
    program: { code, runtime, entry, args, environment, workingDirectory },
    timeoutMs: timeoutSeconds * 1000,
    outputLimitBytes,
  };
}

/** One run of a script at a time. */
const mutexOf = (scriptName: string): string => `script:${scriptName}`;
const ofScript = (scriptName: string) => ({ kind: 'script' as const, mutex: mutexOf(scriptName) });

/** What is no name cannot have been run, and some of it the database would not even take. */
const isName = (text: string): boolean => ScriptName.safeParse(text).success;

const alreadyRunning = (name: string, active: JobRecord | undefined) =>
  new AppError('script.already_running', `${name} is running already.`, {
    script_name: name,
    run_id: active?.id ?? null,
  });
const notRunning = (name: string) =>
  new AppError('script.not_running', `${name} is not running.`, { script_name: name });
