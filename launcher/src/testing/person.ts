/** Who the tests can start programs as: for root, root itself and somebody without rights. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Person {
  name: string;
  uid: number;
  gid: number;
}

const self: Person = {
  name: process.getuid?.() === 0 ? 'root' : 'a normal user',
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
};
const nobody: Person = { name: 'a normal user', uid: 65534, gid: 65534 };

export const people: Person[] = self.uid === 0 ? [self, nobody] : [self];

/** A directory of this person's own that nobody else can enter. */
export async function privateHome(person: Person): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hearth-home-'));
  await chown(home, person.uid, person.gid);
  return home;
}

/**
 * The checkout itself may lie under /root: a person without rights is lent the right to read everything,
 * which changes nothing about whose files it makes.
 */
function asPerson({ uid, gid }: Person, program: string, args: string[]): [string, string[]] {
  if (uid === process.getuid?.()) return [program, args];
  const right = '+dac_read_search';
  const flags = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    `--inh-caps=${right}`,
    `--ambient-caps=${right}`,
  ];
  return ['setpriv', [...flags, program, ...args]];
}

export interface Held<Word> {
  child: ChildProcess;
  /** The next line it prints, parsed. */
  next(): Promise<Word>;
}

/** Starts one of our programs as this person, with nothing in its environment but what is given. */
export function startAs<Word>(
  person: Person,
  script: URL,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Held<Word> {
  const [file, all] = asPerson(person, process.execPath, [script.pathname, ...args]);
  const child = spawn(file, all, {
    cwd: '/',
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  return {
    child,
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error('The program ended without a word.');
      return JSON.parse(value);
    },
  };
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
