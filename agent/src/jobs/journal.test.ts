import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { openJournal } from './journal.ts';
import { findFinished, JournalReader } from './journal-reader.ts';

const at = '2026-01-01T00:00:00.000Z';
const log = (message: string): JobEvent => ({ type: 'log', at, level: 'INFO', message });
const path = async () => join(await temporaryFolder(), 'journal.jsonl');

async function readAll(file: string, limit = 7): Promise<JobEvent[]> {
  const reader = new JournalReader(file);
  const all: JobEvent[] = [];
  for (;;) {
    const events = await reader.read(all.length + 1, limit);
    if (events.length === 0) return all;
    all.push(...events);
  }
}

it('gives back what was appended, in order, whatever the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 40 }), async (messages) => {
      const file = await path();
      const journal = openJournal(file);
      for (const message of messages) journal.append(log(message));
      journal.close();
      expect(await readAll(file)).toEqual(messages.map((m) => log(m)));
    }),
    { numRuns: 30 },
  );
});

it('loses nothing but the torn line, wherever the last write was cut', async () => {
  const file = await path();
  const journal = openJournal(file);
  for (const message of ['one', 'two', 'drei · три · 三']) journal.append(log(message));
  journal.close();
  const whole = await readFile(file);
  for (let length = 0; length <= whole.length; length += 1) {
    await writeFile(file, whole.subarray(0, length));
    const kept = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
    expect(await readAll(file)).toHaveLength(kept);
    const again = openJournal(file);
    again.append(log('after'));
    again.close();
    const events = await readAll(file);
    expect(events).toHaveLength(kept + 1);
    expect(events.at(-1)).toEqual(log('after'));
  }
});

it('keeps every sequence number through random crashes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ appended: fc.integer({ min: 1, max: 5 }), torn: fc.nat(30) }), { maxLength: 12 }),
      async (lives) => {
        const file = await path();
        const expected: JobEvent[] = [];
        for (const [life, { appended, torn }] of lives.entries()) {
          const journal = openJournal(file);
          for (let i = 0; i < appended; i += 1) {
            const event = log(`${life}.${i}`);
            journal.append(event);
            expected.push(event);
          }
          journal.close();
          await appendFile(file, JSON.stringify(log('never finished')).slice(0, torn));
        }
        expect(await readAll(file)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});

it('reads from any number, in one journal that grows', async () => {
  const file = await path();
  const journal = openJournal(file);
  const reader = new JournalReader(file);
  for (let i = 1; i <= 2000; i += 1) journal.append(log(String(i)));
  const messages = async (seq: number, limit: number) =>
    (await reader.read(seq, limit)).map((event) => (event.type === 'log' ? event.message : event.type));
  for (const seq of [1, 1999, 256, 257, 258, 513, 2, 1024, 1500, 1]) {
    expect(await messages(seq, 2)).toEqual([String(seq), String(seq + 1)]);
  }
  expect(await messages(2001, 5)).toEqual([]);
  journal.append(log('2001'));
  expect(await messages(2001, 5)).toEqual(['2001']);
  expect(await reader.read(1, 500, 1000)).not.toHaveLength(500);
  journal.close();
});

it('holds the place of a line that cannot be read', async () => {
  const file = await path();
  await writeFile(file, `${JSON.stringify(log('a'))}\n\0\0\0\n${JSON.stringify(log('c'))}\n`);
  const events = await readAll(file);
  expect(events).toHaveLength(3);
  expect(events[1]).toMatchObject({ type: 'log', level: 'ERROR' });
});

it('cuts a message the contract would refuse', async () => {
  const file = await path();
  const journal = openJournal(file);
  journal.append(log('😀'.repeat(15_000)));
  journal.close();
  const [event] = await readAll(file);
  expect(event?.type === 'log' && event.message.length).toBe(20_000);
});

it('finds the end, however long the journal', async () => {
  const file = await path();
  const journal = openJournal(file);
  for (let i = 0; i < 1234; i += 1) journal.append(log('x'));
  expect(await findFinished(file)).toBeUndefined();
  journal.append({ type: 'finished', at, outcome: 'completed' });
  journal.close();
  expect(await findFinished(file)).toEqual({ seq: 1235 });
});
