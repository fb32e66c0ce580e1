import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program, TrainingPayload } from '@hearth/contract';
import { fetchDataset, fetchResume } from './fetch-inputs.ts';
import type { JobContext } from './job-context.ts';
import { jobEnvironment } from './job-environment.ts';
import { JobError } from './job-error.ts';
import { describeExit, type Exit } from './job-exit.ts';
import { CheckpointUploads } from './recipe/checkpoint-uploads.ts';
import { outputFiles } from './recipe/output-files.ts';
import { runRecipeProcess } from './recipe/recipe-process.ts';
import { Reporter } from './recipe/reporter.ts';
import { prepareProgram } from './script-program.ts';
import { uploadArtifact } from './upload.ts';

type Work = Record<'config' | 'output' | 'checkpoints', string>;

/** Trains by a recipe's own program: tells it what to do by a file, listens to it, and takes what it leaves. */
export async function runRecipe(
  context: JobContext,
  payload: TrainingPayload,
  program: Program,
): Promise<Record<string, unknown>> {
  const { signal, log, assignment } = context;
  const { command, folder, environment } = await prepareProgram(program, {
    assignment,
    folders: context.cache,
    signal,
    log,
  });
  const work = await layOut(context, payload);
  const checkpoints = new CheckpointUploads(context);
  const reporter = new Reporter(context, checkpoints, work.checkpoints);
  let lastWords = '';
  log('INFO', `${payload.config.model_architecture} begins.`);
  const exit = await runRecipeProcess({
    command,
    folder,
    environment: jobEnvironment(assignment, {
      ...environment,
      ...(program.runtime.type === 'python' && pythonPaths(command[1] ?? '', program.entry)),
      HEARTH_CONFIG: work.config,
    }),
    onStdout: reporter.stdout,
    onStderr: (line) => {
      lastWords = `${lastWords}\n${line}`.slice(-2000);
      reporter.stderr(line);
    },
  });
  await checkpoints.settle();
  signal.throwIfAborted();
  if (exit.code !== 0) throw failure(exit, reporter.error, lastWords);
  const files = isFollower(context) ? [] : await outputFiles(work.output);
  if (files.length > 0) log('INFO', `Trained; giving ${files.length} files to the server.`);
  for (const file of files) await uploadArtifact(context, file);
  return reporter.result;
}

/** Of several machines that train together the first one alone hands in the model. */
const isFollower = ({ assignment }: JobContext): boolean => (assignment.gang?.rank ?? 0) > 0;

/** What the program finds: its order in a file, and folders for what it makes. */
async function layOut(context: JobContext, payload: TrainingPayload): Promise<Work> {
  const { config, dataset, resume } = payload;
  const path = (name: string) => join(context.directory.work, name);
  const work = { config: path('config.json'), output: path('output'), checkpoints: path('checkpoints') };
  await mkdir(work.output, { recursive: true, mode: 0o700 });
  await mkdir(work.checkpoints, { recursive: true, mode: 0o700 });
  const { options = {}, ...own } = config;
  const order = {
    session_id: payload.sessionId,
    config: own,
    options,
    dataset: { path: await fetchDataset(context, payload), format: dataset.format, name: dataset.name },
    output_dir: work.output,
    checkpoint_dir: work.checkpoints,
    resume_from: (await fetchResume(context, payload)) ?? null,
    resume_epoch: resume?.epoch ?? 0,
  };
  await writeFile(work.config, JSON.stringify(order, undefined, 2), { mode: 0o600 });
  return work;
}

/** A recipe's modules are found from the root of its code; the code's folder is shared and stays as it is. */
function pythonPaths(path: string, entry: string): Record<string, string> {
  return { PYTHONPATH: path.slice(0, -(entry.length + 1)), PYTHONDONTWRITEBYTECODE: '1' };
}

function failure(exit: Exit, said: string | undefined, lastWords: string): JobError {
  const error = new JobError('recipe.failed', said ?? describeExit(exit, lastWords));
  error.exitCode = exit.code;
  return error;
}
