import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/** CPU time a process has used, in microseconds (utime + stime of /proc, 10 ms ticks). */
export function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** A program, of Node unless said, that prints `listening <port>` once it serves. */
export async function startServing(
  script: string,
  env: Record<string, string>,
  command = process.execPath,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(command, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Its output is read to the end: with the pipe closed or full it would write no more log lines.
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.once('exit', () => reject(new Error(`${script} ended before it listened`)));
    const output = child.stdout!.setEncoding('utf8');
    const read = (chunk: string) => {
      text += chunk;
      const port = /listening (\d+)/.exec(text)?.[1];
      if (!port) return;
      output.off('data', read).resume();
      resolve(Number(port));
    };
    output.on('data', read);
  });
  return { child, port };
}

export async function stopServing(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Sends `count` requests over 16 kept-alive connections; the server's CPU-µs per request. */
export async function cpuPerRequest(
  pid: number,
  port: number,
  path: string,
  headers: Record<string, string>,
  count: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request({ agent, port, host: '127.0.0.1', path, headers }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${path} answered ${answer.statusCode}`));
        answer.on('end', resolve).resume();
      });
      sent.on('error', reject).end();
    });
  const run = async (total: number) => {
    let left = total;
    const worker = async () => {
      while (left-- > 0) await one();
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  };
  await run(Math.ceil(count / 4));
  const before = cpuMicroseconds(pid);
  await run(count);
  const used = cpuMicroseconds(pid) - before;
  agent.destroy();
  return used / count;
}
