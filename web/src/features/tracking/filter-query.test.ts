import { RunStatus } from '@hearth/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everything, filterOf, queryOf } from './filter-query.ts';

test('a filter in the address is the same filter when it is opened anew', () => {
  const filters = fc.record({
    lifecycle: fc.constantFrom('active' as const, 'deleted' as const),
    experiment_id: fc.option(fc.nat().map(String), { nil: undefined }),
    status: fc.option(fc.constantFrom(...RunStatus.options), { nil: undefined }),
    search: fc.string(),
    order_by: fc.option(fc.constantFrom('metrics.`loss` asc', 'metrics.`a b` desc'), { nil: undefined }),
  });
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterOf(queryOf(filter))).toEqual(filter);
    }),
  );
});

test('no filter leaves the address clean; nonsense is no filter', () => {
  expect(queryOf(everything)).toEqual({});
  expect(filterOf({ experiment: 'x', status: 'GREAT', search: null })).toEqual(everything);
});
