import { expect, it } from 'vitest';
import { apiReference, currentReference } from '../scripts/api-reference.ts';

it('API.md says what the docstrings say (else: npm run api -w @hearth/toolkit)', () => {
  expect(currentReference()).toBe(apiReference());
});
