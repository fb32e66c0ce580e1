import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from './places.mjs';
import { step } from './progress.mjs';

const PATH = at('.cache', 'install.pid');

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Ours from one moment to the next, with our number already in it. */
function claim() {
  const draft = `${PATH}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, PATH);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** The process that is installing now; undefined when we have become it. */
function holder() {
  while (!claim()) {
    const pid = existsSync(PATH) ? Number(readFileSync(PATH, 'utf8')) : 0;
    if (pid && isAlive(pid)) return pid;
    rmSync(PATH, { force: true });
  }
  return undefined;
}

/** Two `npm start` in one empty checkout must not install into it at once. */
export async function withInstallLock(work) {
  mkdirSync(at('.cache'), { recursive: true });
  const first = holder();
  if (first !== undefined) {
    await step(`waiting for process ${first}, which is installing the packages`, async () => {
      while (holder() !== undefined) await sleep(300);
    });
  }
  try {
    await work();
  } finally {
    rmSync(PATH, { force: true });
  }
}
