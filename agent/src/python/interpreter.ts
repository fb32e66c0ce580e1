import { z } from 'zod';
import { JobError } from '../jobs/job-error.ts';
import { type RunOptions, run } from './run.ts';

const Facts = z.object({
  executable: z.string().min(1),
  version: z.string(),
  tag: z.string(),
});
/** The python of this machine: its real binary (a version manager's shim costs 90 ms a start), and what tells it from another. */
export type Interpreter = z.infer<typeof Facts>;

const question = `
import json, platform, sys
tag = "-".join([sys.implementation.name, platform.python_version(), platform.system(), platform.machine()])
print(json.dumps({"executable": sys.executable, "version": platform.python_version(), "tag": tag}))
`;
const oldest = [3, 9] as const;

/** Asks `command` (a name on the path, or a path) who it is. */
export async function findInterpreter(
  command: string,
  options: Pick<RunOptions, 'signal' | 'env'>,
): Promise<Interpreter> {
  const { code, stdout, stderr } = await run(command, ['-I', '-c', question], options).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'EACCES') throw error;
      throw unavailable(`There is no ${command} on this machine that can be run.`);
    },
  );
  if (code !== 0) throw unavailable(`${command} on this machine does not work: ${stderr.trim().slice(-300)}`);
  const facts = Facts.parse(JSON.parse(stdout));
  if (isOlder(facts.version)) throw unavailable(`${command} on this machine is Python ${facts.version}.`);
  return facts;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

const unavailable = (fact: string) =>
  new JobError(
    'python.unavailable',
    `${fact} Install Python ${oldest.join('.')} or newer (Debian: apt install python3 python3-venv), or name one in HEARTH_PYTHON.`,
  );
