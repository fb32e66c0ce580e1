import { describe, expect, it } from 'vitest';
import { targetIndex, taskOf } from './target.ts';

describe('targetIndex', () => {
  it.each([
    ['the wished column', ['a', 'label', 'b'], 'a', 0],
    ['label before class', ['class', 'label', 'b'], undefined, 1],
    ['target, in any case', ['a', 'Target', 'b'], undefined, 1],
    ['class', ['a', 'class', 'b'], undefined, 1],
    ['else the last', ['a', 'b', 'c'], undefined, 2],
  ])('%s', (_name, columns, wished, index) => {
    expect(targetIndex(columns, wished)).toBe(index);
  });

  it('names the columns when the wished one is missing', () => {
    expect(() => targetIndex(['a', 'b'], 'c')).toThrow(
      expect.objectContaining({ code: 'dataset.target_missing' }),
    );
    expect(() => targetIndex(['a', 'b'], 'c')).toThrow('the columns are a, b');
  });
});

const times = (count: number, value: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => value(i));

describe('taskOf', () => {
  it('takes text as classes, and few numbers too, in order of value', () => {
    expect(taskOf(['b', 'a', 'b'])).toEqual({ kind: 'classification', classes: ['a', 'b'] });
    expect(taskOf(times(40, (i) => String((i * 7) % 12))).kind).toBe('classification');
    expect(taskOf(['10', '9', '10', '9'])).toEqual({ kind: 'classification', classes: ['9', '10'] });
  });

  it('takes many different numbers as numbers, even in a small table', () => {
    expect(taskOf(times(200, (i) => String(i / 10))).kind).toBe('regression');
    expect(taskOf(times(6, (i) => String(i))).kind).toBe('regression');
  });

  it('refuses a constant and a column of names', () => {
    expect(() => taskOf(['1', '1'])).toThrow(expect.objectContaining({ code: 'dataset.target_constant' }));
    expect(() => taskOf(times(1001, (i) => `name ${i}`))).toThrow(
      expect.objectContaining({ code: 'dataset.too_many_classes' }),
    );
  });
});
