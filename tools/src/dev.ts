import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.ts';

/** `npm run dev`: the product as `npm start` runs it, and Vite with hot reload in front of it on port 5173. */
const start = (args: string[]) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
const children = [
  start(['launcher/src/main.ts', ...process.argv.slice(2)]),
  start([join('node_modules', 'vite', 'bin', 'vite.js'), 'web']),
];
const stop = () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
for (const child of children) child.on('exit', stop);
