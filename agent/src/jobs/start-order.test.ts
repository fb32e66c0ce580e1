import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { limitMark } from './limit-mark.ts';
import { standby, writeOrder } from './start-order.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const files = { stdout: join(folder, 'out'), stderr: join(folder, 'err'), exit: join(folder, 'exit') };
  return { folder, files, order: join(folder, "it's an order") };
}
const tell =
  'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.GIVEN, process.cwd()]))';
const { kib: limitKib } = limitMark('a job');

it('hands over arguments and variables as they are, whatever is in them', async () => {
  const { folder, files, order } = await setUp();
  const text = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(...'\'"\\$`;&|<>()*?~#! \n\t-=ж你🎈\u0081\u0088'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
    })
    .map((value) => value.replaceAll('\0', ''));
  const texts = fc.array(fc.tuple(fc.array(text, { maxLength: 4 }), text), { minLength: 12, maxLength: 12 });
  for (const [args, value] of fc.sample(texts, { numRuns: 1, seed: 1 }).flat()) {
    writeFileSync(files.stdout, '');
    const environment = { GIVEN: value };
    const command = [process.execPath, '-e', tell, '--', ...args] as const;
    writeFileSync(order, writeOrder({ command: [...command], folder, environment, ...files, limitKib }));
    execFileSync('/bin/sh', ['-c', standby, 'sh', ''], { input: `${order}\n`, env: {} });
    expect(JSON.parse(readFileSync(files.stdout, 'utf8'))).toEqual([args, value, folder]);
    expect(readFileSync(files.exit, 'utf8')).toBe('0\n');
  }
});

it('refuses what no program can be given', () => {
  const order = { folder: '/', stdout: 'o', stderr: 'e', exit: 'x', limitKib };
  const write = (argument: string, name = 'A') =>
    writeOrder({ ...order, command: ['/bin/true', argument], environment: { [name]: '' } });
  expect(() => write('a\0b')).toThrow('NUL');
  for (const name of ['', '1A', 'A-B', 'A;id', 'HEARTH_ORDER'])
    expect(() => write('', name)).toThrow('no name');
});

it('writes down the exit code, though the whole group was told to end', async () => {
  const { folder, files, order } = await setUp();
  const command = ['/bin/sh', '-c', "trap '' TERM; kill -TERM 0; exit 7"] as const;
  writeFileSync(order, writeOrder({ command: [...command], folder, environment: {}, ...files, limitKib }));
  const child = spawn('/bin/sh', ['-c', standby, 'sh', ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(`${order}\n`);
  expect(await once(child, 'exit')).toEqual([7, null]);
  expect(readFileSync(files.exit, 'utf8')).toBe('7\n');
});

it('ends when nobody is left who could give it an order', async () => {
  const child = spawn('/bin/sh', ['-c', standby, 'sh', ''], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
