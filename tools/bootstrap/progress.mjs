import { spawn } from 'node:child_process';

/** A reason to stop that a person can act on; printed without a stack. */
export class BootstrapError extends Error {}

const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

/** A line for a step that is over in a moment. */
export const say = (text) => void process.stderr.write(`  ✓ ${text}\n`);

/** A line for a step that takes its time: counting on a terminal, written once elsewhere. */
export async function step(title, work) {
  const startedAt = performance.now();
  const isTerminal = process.stderr.isTTY === true;
  const show = (text) => process.stderr.write(isTerminal ? `\r\u001b[2K${text}` : `${text}\n`);
  show(`  … ${title}`);
  const ticking = isTerminal && setInterval(() => show(`  … ${title} (${seconds(startedAt)})`), 1000);
  try {
    const result = await work();
    show(`  ✓ ${title} (${seconds(startedAt)})${isTerminal ? '\n' : ''}`);
    return result;
  } catch (error) {
    show(`  ✗ ${title} (${seconds(startedAt)})${isTerminal ? '\n' : ''}`);
    throw error;
  } finally {
    if (ticking) clearInterval(ticking);
  }
}

/** Runs a program in silence; resolves with its exit code and what it said. */
export function run(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: -1, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The end of what a program said, where the reason usually stands. */
export const lastWords = (output) => output.trim().split('\n').slice(-15).join('\n');
