import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdvancedLogger } from './advanced-logger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('AdvancedLogger', () => {
  it('writes to the console and the file, and remembers the newest', async () => {
    const directory = join(folder, 'a');
    const printed: string[] = [];
    const logger = new AdvancedLogger({ directory, console: { write: (line) => printed.push(line) } });
    const log = logger.getLogger('app.module');
    log.info({ user: 7 }, 'Сообщение');
    log.debug('not at this level');
    log.error(new Error('broken'), 'failed');
    await logger.flush();
    const lines = (await readFile(join(directory, 'app.1.log'), 'utf8')).trim().split('\n');
    expect(lines).toEqual(printed.map((line) => line.trim()));
    expect(logger.getRecentLogs()).toMatchObject([
      { level: 'error', name: 'app.module', msg: 'failed', err: { message: 'broken' } },
      { level: 'info', name: 'app.module', msg: 'Сообщение', user: 7 },
    ]);
    expect(logger.getRecentLogs(1)).toHaveLength(1);
    expect(logger.getRecentLogs()[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    await logger.close();
  });

  it('rolls over by size, keeps so many files, and exports what they hold in order', async () => {
    const directory = join(folder, 'b');
    const logger = new AdvancedLogger({ directory, console: false, maxFileBytes: 4096, maxFiles: 3 });
    const log = logger.getLogger('x');
    for (let n = 0; n < 400; n++) {
      log.info({ n }, 'a line of some length');
      if (n % 5 === 0) await logger.flush();
    }
    await logger.close();
    await expect.poll(async () => (await readdir(directory)).length).toBeLessThanOrEqual(3);
    const files = await readdir(directory);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await stat(join(directory, file))).size).toBeLessThan(3 * 4096);
    const target = join(folder, 'export.log');
    await logger.exportLogs(target);
    const numbers = (await readFile(target, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
    expect(numbers.at(-1)).toBe(399);
    expect(numbers).toEqual(numbers.map((_, i) => 400 - numbers.length + i));
  });

  it('says by flush when the files cannot be written, and goes on logging', async () => {
    const directory = join(folder, 'c');
    await writeFile(directory, 'a file where a folder should be');
    const logger = new AdvancedLogger({ directory, console: false, keepRecent: 2 });
    for (const n of [1, 2, 3]) logger.getLogger('x').info(String(n));
    await expect(logger.flush()).rejects.toThrow();
    logger.getLogger('x').info('4');
    expect(logger.getRecentLogs().map((entry) => entry.msg)).toEqual(['4', '3']);
    await expect(logger.flush()).rejects.toThrow();
    await rm(directory);
    logger.getLogger('x').info('5');
    await logger.close();
    expect(await readFile(join(directory, 'app.1.log'), 'utf8')).toMatch(/^{.*"5"}\n$/);
    expect(() => new AdvancedLogger({ maxFiles: 1 })).toThrow(RangeError);
  });
});
