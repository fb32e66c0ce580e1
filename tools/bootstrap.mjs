#!/usr/bin/env node
// Every npm script begins here: plain JavaScript for the Node the machine has (20 or newer) and an empty
// folder. It brings the packages and the pinned Node, then hands over to it.
import { checkMachine } from './bootstrap/machine.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { compileCache, handOver, pinnedNode } from './bootstrap/pinned-node.mjs';
import { BootstrapError } from './bootstrap/progress.mjs';
import { buildWeb } from './bootstrap/web.mjs';

const PROGRAMS = {
  start: 'launcher/src/main.ts',
  agent: 'agent/src/main.ts',
  bot: 'bot/src/main.ts',
  dev: 'tools/src/dev.ts',
  check: 'tools/src/check.ts',
  test: 'tools/src/test.ts',
  peers: 'tools/src/peers.ts',
  gpu: 'tools/src/gpu.ts',
  bench: 'bench/src/main.ts',
  chaos: 'e2e/src/chaos/main.ts',
};

try {
  const [verb = '', ...args] = process.argv.slice(2);
  const program = PROGRAMS[verb];
  if (!program) throw new BootstrapError(`Say one of: ${Object.keys(PROGRAMS).join(', ')}.`);
  checkMachine();
  await installPackages();
  const node = pinnedNode();
  if (verb === 'start' && !args.includes('--help')) await buildWeb(node);
  handOver(node, program, args, verb === 'start' ? compileCache : {});
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
