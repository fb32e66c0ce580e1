/**
 * A process of its own that starts programs and tells how long each took, in ms, until it and both its streams had
 * ended: as small as the machine's part of ours, since the birth of a process costs the more the larger its parent is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

process.on('message', async ({ command, path }: { command: string; path: string }) => {
  const began = performance.now();
  const child = spawn(command, [path], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${path} ended with ${code}.`);
  process.send?.(performance.now() - began);
});
