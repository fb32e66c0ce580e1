import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseParser, readSse, type SseEvent } from './sse.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function all(chunks: Uint8Array[]): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const event of readSse(streamOf(chunks))) events.push(event);
  return events;
}

/** Cuts bytes, also in the middle of a character. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.slice(at[i], end));
}

const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n\ufeff]/g, ''));
const eventName = fc.constantFrom('message', 'error', 'ping');
const event = fc.record({ event: eventName, data: fc.array(line, { minLength: 1, maxLength: 3 }) });
const ending = fc.constantFrom('\n', '\r\n', '\r');

test('any events, any line endings, any comments, cut anywhere: the same events come out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 6 }),
      ending,
      line,
      fc.array(fc.nat(), { maxLength: 12 }),
      async (events, end, comment, places) => {
        const text = events
          .map((one) =>
            [`: ${comment}`, `event: ${one.event}`, ...one.data.map((data) => `data: ${data}`), '', ''].join(
              end,
            ),
          )
          .join('');
        const expected = events.map((one) => ({ event: one.event, data: one.data.join('\n') }));
        expect(await all(cut(bytesOf(text), places))).toEqual(expected);
      },
    ),
  );
});

test('byte by byte is the same as whole', async () => {
  const text =
    '\ufeffdata: привет\r\ndata:мир\r\n\r\n:keep-alive\r\n\r\nevent: error\rdata: 😀\r\rdata: [DONE]\n\n';
  const whole = await all([bytesOf(text)]);
  expect(whole.map(({ data }) => data)).toEqual(['привет\nмир', '😀', '[DONE]']);
  expect(await all([...bytesOf(text)].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
});

test('an event without its blank line never happened', () => {
  const parser = createSseParser();
  expect(parser.push('data: half')).toEqual([]);
  expect(parser.push('\n')).toEqual([]);
  expect(parser.push('\n')).toEqual([{ event: 'message', data: 'half' }]);
});
