import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { postgresAccount, SYSTEM_USER, systemUser } from './account.ts';
import { runProgram } from './run-program.ts';

const isRoot = process.getuid?.() === 0;

test('when no tool can make the user, one sentence says what to do', async () => {
  const attempt = systemUser('hearth-no-such-user', [
    ['false', []],
    ['hearth-no-such-tool', []],
  ]);
  await expect(attempt).rejects.toThrow(
    /^PostgreSQL can't run as root and .*hearth-no-such-tool.*normal user, or set DATABASE_URL .*\.$/,
  );
});

test('a program that is not there is an answer, not a crash', async () => {
  await expect(runProgram('/no/such/program', [], { env: {} })).rejects.toThrow('ENOENT');
});

if (isRoot) {
  test('root gets a user that is neither root nor postgres', async () => {
    const account = await postgresAccount('/no/such/data');
    const uid = Number(execFileSync('id', ['-u', SYSTEM_USER]));
    expect(account?.uid).toBe(uid);
    expect(uid).not.toBe(0);
    const others = execFileSync('getent', ['passwd'], { encoding: 'utf8' }).match(/^postgres:x:(\d+)/m);
    expect(String(uid)).not.toBe(others?.[1]);
  });

  test('root leaves a data directory to the user it belongs to', async () => {
    const path = process.cwd();
    const { uid, gid } = await stat(path);
    expect(await postgresAccount(path)).toEqual(uid === 0 ? await systemUser() : { uid, gid });
  });
} else {
  test('a normal user runs it as itself, and not on what belongs to others', async () => {
    expect(await postgresAccount('/no/such/data')).toBeUndefined();
    await expect(postgresAccount('/')).rejects.toThrow(/belongs to user number 0.*DATABASE_URL/);
  });
}
