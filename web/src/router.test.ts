import { expect, test } from 'vitest';
import { pageOfMlflowLink } from './router.ts';

test('the addresses that MLflow prints lead to our pages', () => {
  const id = '0123456789abcdef0123456789abcdef';
  expect(pageOfMlflowLink(`#/experiments/12/runs/${id}`)).toMatchObject({
    name: 'tracked-run',
    params: { id },
  });
  expect(pageOfMlflowLink('#/experiments/0')).toMatchObject({ name: 'experiments' });
  for (const other of ['', '#log', '#/experiments/x', `#/experiments/1/runs/${id}0`])
    expect(pageOfMlflowLink(other)).toBeUndefined();
});
