import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(chunks: Iterable<Buffer>, longest?: number): Promise<string[]> {
  const lines: string[] = [];
  await readLines(Readable.from(chunks, { objectMode: false }), (line) => void lines.push(line), longest);
  return lines;
}

it('finds the same lines however the bytes are cut', async () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'ё', '😀', '\n', '\r\n'), maxLength: 60 });
  const whole = (lines: string[]) => lines.filter((line) => line !== '');
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 7 }), async (text, size) => {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(whole(await linesOf(chunks))).toEqual(whole(text.split(/\r?\n/)));
    }),
  );
});

it('keeps the beginning of a line without end, and goes on after it', async () => {
  function* endless() {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let index = 0; index < 700; index += 1) yield chunk;
    yield Buffer.from('\nafter\n');
  }
  const before = process.memoryUsage().rss;
  const [first, second] = await linesOf(endless());
  expect(first).toHaveLength(256 * 1024);
  expect(second).toBe('after');
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

it('reads bytes that are no text, and a last line without an end', async () => {
  expect(await linesOf([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('end')])).toEqual([
    '\ufffd\ufffd',
    'end',
  ]);
});

it('reads nothing more while somebody wants to wait', async () => {
  let given = 0;
  function* chunks() {
    for (; given < 1000; given += 1) yield Buffer.from('x\n'.repeat(5000));
  }
  let goOn: () => void = () => undefined;
  let count = 0;
  const reading = readLines(Readable.from(chunks(), { objectMode: false }), () => {
    count += 1;
    if (count === 7) return new Promise<void>((resolve) => (goOn = resolve));
  });
  await expect.poll(() => count).toBe(7);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(count).toBe(7);
  expect(given).toBeLessThan(50);
  goOn();
  await reading;
  expect(count).toBe(5_000_000);
});
