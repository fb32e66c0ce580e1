import { expect, test } from 'vitest';
import { factsOf } from './model-facts.ts';

test('facts of any shape become lines; nothing empty, nothing endless', () => {
  const facts = factsOf(
    {
      architecture: 'tiny-llama',
      parameters: 218_432,
      classes: Array.from({ length: 40 }, (_, i) => `class ${i}`),
      inputs: [{ name: 'width', kind: 'number' }],
      metrics: { loss: 1.25, nested: { deep: true } },
      nothing: null,
      empty: [],
    },
    String,
  );
  expect(Object.fromEntries(facts.map(({ key, text }) => [key, text]))).toMatchObject({
    architecture: 'tiny-llama',
    parameters: '218432',
    inputs: 'width',
    'metrics.loss': '1.25',
    'metrics.nested.deep': 'true',
  });
  expect(facts.find(({ key }) => key === 'classes')?.text).toMatch(/class 11, … \(40\)$/);
  expect(facts.some(({ key }) => key === 'nothing' || key === 'empty')).toBe(false);
});
