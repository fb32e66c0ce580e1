import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asEvent, lastEvent, readEventStream } from './event-stream.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function all(events: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) found.push(event);
  return found;
}

it('reads back what was written, however it is cut and whatever ends its lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n'),
      async (values, size, ending) => {
        const text = [...values.map(asEvent), ': ping\n\n', lastEvent].join('').replaceAll('\n', ending);
        const read = await all(readEventStream(inPieces(text, size)));
        expect(read).toEqual([...values.map((value) => JSON.stringify(value)), '[DONE]']);
      },
    ),
  );
});

it('gives the last event also where the blank line is missing', async () => {
  expect(await all(readEventStream(inPieces('data: a\n\nevent: x\ndata: b', 3)))).toEqual(['a', 'b']);
});
