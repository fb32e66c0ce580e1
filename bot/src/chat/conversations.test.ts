import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Turn } from '../hearth/hearth-api.ts';
import { remembered } from './conversations.ts';

const turn = fc.record({
  role: fc.constantFrom('user' as const, 'assistant' as const),
  content: fc.nat(9000).map((length) => 'я'.repeat(length)),
});

it('keeps the newest turns, within both bounds, beginning with the person', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 80 }), (turns: Turn[]) => {
      const kept = remembered(turns);
      expect(turns.slice(turns.length - kept.length)).toEqual(kept);
      expect(kept.length).toBeLessThanOrEqual(40);
      expect(kept.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(24_000);
      expect(kept[0]?.role ?? 'user').toBe('user');
    }),
  );
});

it('keeps all of a short conversation', () => {
  const turns: Turn[] = [
    { role: 'user', content: 'раз' },
    { role: 'assistant', content: 'два' },
  ];
  expect(remembered(turns)).toEqual(turns);
});
