/**
 * PostgreSQL refuses to run as root, so root hands it to somebody else: to the owner of the data directory
 * when there is one already, else to a system user of our own, made on first use.
 */
import { stat } from 'node:fs/promises';
import { PostgresError, USE_DATABASE_URL } from './postgres-error.ts';
import { type Account, runProgram } from './run-program.ts';

export const SYSTEM_USER = 'hearth-pg';

const MAKERS: [string, string[]][] = [
  ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent']],
  ['adduser', ['--system', '--group', '--no-create-home', '--home', '/nonexistent']],
];

const systemPath = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };

async function numberOf(flag: '-u' | '-g', user: string): Promise<number | undefined> {
  const { code, output } = await runProgram('id', [flag, user], { env: systemPath });
  return code === 0 ? Number(output.trim()) : undefined;
}

async function findUser(name: string): Promise<Account | undefined> {
  const [uid, gid] = [await numberOf('-u', name), await numberOf('-g', name)];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Finds the user, or makes it with the first of the system's tools that can. */
export async function systemUser(name = SYSTEM_USER, makers = MAKERS): Promise<Account> {
  const reasons: string[] = [];
  for (const [tool, args] of makers) {
    const found = await findUser(name);
    if (found) return found;
    const made = await runProgram(tool, [...args, '--shell', '/usr/sbin/nologin', name], {
      env: systemPath,
    }).catch((error: Error) => ({ code: -1, output: error.message }));
    if (made.code !== 0) reasons.push(`${tool}: ${made.output.trim().split('\n').at(-1)}`);
  }
  const found = await findUser(name);
  if (found) return found;
  throw new PostgresError(
    `PostgreSQL can't run as root and the system user ${name} could not be made (${reasons.join('; ')}): start Hearth as a normal user, or ${USE_DATABASE_URL}.`,
  );
}

/** Who runs PostgreSQL on this data directory; undefined: the user we are. */
export async function postgresAccount(dataDir: string): Promise<Account | undefined> {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (self !== 0) {
    if (owner && owner.uid !== self) {
      throw new PostgresError(
        `${dataDir} belongs to user number ${owner.uid}, not to you (${self}): start Hearth as that user, choose another HEARTH_HOME, or ${USE_DATABASE_URL}.`,
      );
    }
    return undefined;
  }
  if (process.platform !== 'linux') {
    throw new PostgresError(
      `PostgreSQL can't run as root: start Hearth as a normal user, or ${USE_DATABASE_URL}.`,
    );
  }
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : systemUser();
}
