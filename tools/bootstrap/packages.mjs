import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { hashFiles } from './hash.mjs';
import { withInstallLock } from './install-lock.mjs';
import { isSameInstall } from './lock-files.mjs';
import { pinnedNodePath } from './pinned-node.mjs';
import { at, root } from './places.mjs';
import { BootstrapError, lastWords, run, say, step } from './progress.mjs';
import { prunePlatforms } from './prune.mjs';

const MARK = at('node_modules', '.hearth-installed');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function wantedHash() {
  const rooms = readJson(at('package.json')).workspaces.map((room) => `${room}/package.json`);
  return hashFiles(['package.json', 'package-lock.json', ...rooms.filter((path) => existsSync(at(path)))]);
}

/** True when what was installed by hand (`npm install` while developing) is what the lock file says. */
function isInstalledByHand() {
  const hidden = at('node_modules', '.package-lock.json');
  return (
    existsSync(pinnedNodePath) &&
    existsSync(hidden) &&
    isSameInstall(readJson(at('package-lock.json')), readJson(hidden))
  );
}

/** The npm that called us, by the Node that runs it: the one in node_modules is about to be removed. */
function npmCommand() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli && basename(cli) === 'npm-cli.js' && existsSync(cli)) {
    const isOurs = node?.startsWith(at('node_modules'));
    if (node && !isOurs && existsSync(node)) return [node, cli];
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

function explain(output) {
  if (/EACCES|EPERM/.test(output)) return 'A file may not be written: check who owns this folder and ~/.npm.';
  if (/ENOSPC/.test(output)) return 'The disk is full: Hearth needs about 2 GB for its packages.';
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|network|certificate/i.test(output))
    return 'The package registry could not be reached: check the connection and npm config get registry / proxy.';
  return 'Try again; if it stays, remove node_modules and run npm ci to see all of it.';
}

async function npmCi() {
  const [file, ...args] = npmCommand();
  const flags = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { code, output } = await run(file, [...args, ...flags], { cwd: root, env });
  if (code !== 0)
    throw new BootstrapError(
      `npm could not install the packages.\n${lastWords(output)}\n\n${explain(output)}`,
    );
}

async function bringUpToDate(hash) {
  if (!isInstalledByHand()) {
    const npm = npmCommand().at(-1);
    await step(`installing the packages and Node 24 (a few minutes the first time; ${basename(npm)})`, npmCi);
  }
  const savedBytes = prunePlatforms();
  if (savedBytes > 0) say(`removed ${Math.round(savedBytes / 1e6)} MB of other platforms' binaries`);
  writeFileSync(MARK, hash);
}

const isMarked = (hash) =>
  existsSync(MARK) && existsSync(pinnedNodePath) && readFileSync(MARK, 'utf8') === hash;

/** Leaves node_modules as the lock file says; milliseconds when it is. */
export async function installPackages() {
  const hash = wantedHash();
  if (isMarked(hash)) return;
  await withInstallLock(async () => {
    if (!isMarked(hash)) await bringUpToDate(hash);
  });
}
