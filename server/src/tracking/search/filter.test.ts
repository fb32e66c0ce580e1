import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Field, type Filter, parseFilter, parseOrder } from './filter.ts';

const quote = (text: string, mark: string) => mark + text.replaceAll(mark, mark + mark) + mark;

/** Writes a filter down as a person would. */
function write(filter: Filter): string {
  if (filter.kind === 'and' || filter.kind === 'or')
    return filter.parts.map((part) => `(${write(part)})`).join(` ${filter.kind} `);
  const field = `${filter.field.entity}s.${quote(filter.field.key, '`')}`;
  if (filter.kind === 'null') return `${field} is ${filter.isNegated ? 'NOT ' : ''}null`;
  if (filter.kind === 'in')
    return `${field} ${filter.isNegated ? 'not in' : 'IN'} (${filter.values.map((one) => quote(one, "'")).join(', ')})`;
  const value = typeof filter.value === 'number' ? String(filter.value) : quote(filter.value, "'");
  return `${field}${filter.operator.length > 2 ? ` ${filter.operator} ` : filter.operator}${value}`;
}

const text = fc.string({ minLength: 1, maxLength: 12 });
const field: fc.Arbitrary<Field> = fc.record({
  entity: fc.constantFrom('metric', 'param', 'tag', 'attribute', 'dataset'),
  key: text,
});
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((one) => one + 0);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    field,
    operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'LIKE', 'ILIKE'),
    value: fc.oneof(number, text),
  }),
  fc.record({
    kind: fc.constant('in' as const),
    field,
    isNegated: fc.boolean(),
    values: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('null' as const), field, isNegated: fc.boolean() }),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }) as fc.Arbitrary<Filter>,
  ),
}));

describe('a filter', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(filter, (given) => {
        expect(parseFilter(write(given))).toEqual(given);
      }),
    );
  });

  it('is refused with a sentence, or read, whatever is sent', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          'metrics',
          '.',
          'a',
          '=',
          "'x'",
          '1',
          'and',
          'or',
          '(',
          ')',
          'in',
          'like',
          '`b c`',
          ',',
        ),
        fc.string({ maxLength: 3 }),
      ),
    );
    fc.assert(
      fc.property(pieces, (given) => {
        try {
          parseFilter(given.join(' '));
        } catch (error) {
          expect(error).toMatchObject({ code: 'run.bad_filter' });
        }
      }),
    );
  });

  it('knows the ways people write', () => {
    const loss = { entity: 'metric', key: 'loss' };
    expect(parseFilter('')).toBeUndefined();
    expect(parseFilter('metrics.loss<.5 AND params."a b" = "c"')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'compare', field: loss, operator: '<', value: 0.5 },
        { kind: 'compare', field: { entity: 'param', key: 'a b' }, operator: '=', value: 'c' },
      ],
    });
    expect(parseFilter("tags.mlflow.user = 'me'")).toMatchObject({ field: { key: 'mlflow.user' } });
    expect(parseFilter('start_time > 1')).toMatchObject({
      field: { entity: 'attribute', key: 'start_time' },
    });
    expect(parseFilter("run.status = 'FAILED'")).toMatchObject({ field: { entity: 'attribute' } });
    expect(parseOrder('metrics.`loss` DESC')).toEqual({ field: loss, isDescending: true });
    expect(parseOrder('attribute.start_time')).toMatchObject({ isDescending: false });
    for (const bad of [
      'metrics.loss',
      "metrics.loss = 'a' b",
      'foo.bar = 1',
      "constructor.name = 'a'",
      "__proto__.a = 'a'",
      "params.a = 'x",
      'metrics.a ~ 1',
      '(((',
    ])
      expect(() => parseFilter(bad), bad).toThrow(expect.objectContaining({ code: 'run.bad_filter' }));
  });

  it('is not read for ever', () => {
    expect(() => parseFilter(`${'('.repeat(9000)}a = 1`)).toThrow(/deeply/);
  });
});
