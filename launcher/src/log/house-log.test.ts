import { expect, test } from 'vitest';
import { openHouseLog, prefixLine } from './house-log.ts';

test('names stand in one column, in colour only for a terminal', () => {
  expect(prefixLine('agent', 'hello', false)).toBe('agent    | hello');
  expect(prefixLine('postgres', 'hello', true)).toBe('\u001b[34mpostgres |\u001b[0m hello');
});

test('lines go to both places, the file knows when, and a shown link stays out of it', () => {
  const terminal: string[] = [];
  const file: string[] = [];
  const log = openHouseLog(
    { write: (text) => terminal.push(text), isTTY: false },
    { append: (line) => file.push(line), close: () => undefined },
    () => new Date('2026-01-02T03:04:05Z'),
  );
  const { push } = log.listen('server');
  push(Buffer.from('half a '));
  push(Buffer.from('line\nrest'));
  log.show('http://localhost/setup#token=secret');
  expect(terminal).toEqual(['server   | half a line\n', 'http://localhost/setup#token=secret\n']);
  expect(file).toEqual(['2026-01-02T03:04:05.000Z server   | half a line']);
});

test('a full disk is mentioned once and does no harm', () => {
  const terminal: string[] = [];
  const full = () => {
    throw new Error('ENOSPC: no space left on device');
  };
  const log = openHouseLog(
    { write: (text) => terminal.push(text) },
    { append: full, close: () => undefined },
    () => new Date(),
  );
  log.say('agent', 'one');
  log.say('agent', 'two');
  expect(terminal).toHaveLength(3);
  expect(terminal[1]).toContain('ENOSPC');
});
