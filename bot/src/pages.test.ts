import fc from 'fast-check';
import { InlineKeyboard } from 'grammy';
import { expect, it } from 'vitest';
import { PAGE_SIZE, pageAmong, turnPages } from './pages.ts';

it('shows everything once, page after page', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 60 }), (all) => {
      const seen: number[] = [];
      for (let page = 0; ; page += 1) {
        const { items, hasMore } = pageAmong(all, page);
        expect(items.length).toBeLessThanOrEqual(PAGE_SIZE);
        seen.push(...items);
        if (!hasMore) break;
      }
      expect(seen).toEqual(all);
    }),
  );
});

it('shows the last page where the wanted one is no longer there', () => {
  expect(pageAmong([1, 2, 3], 7)).toEqual({ items: [1, 2, 3], page: 0, hasMore: false });
  expect(pageAmong([], 2)).toEqual({ items: [], page: 0, hasMore: false });
});

it('has buttons only to pages that there are', () => {
  const labels = (page: number, hasMore: boolean) =>
    turnPages(new InlineKeyboard(), { page, hasMore }, (to) => `to:${to}`)
      .inline_keyboard.flat()
      .map((button) => ('callback_data' in button ? button.callback_data : ''));
  expect(labels(0, false)).toEqual([]);
  expect(labels(0, true)).toEqual(['to:1']);
  expect(labels(2, true)).toEqual(['to:1', 'to:3']);
  expect(labels(2, false)).toEqual(['to:1']);
});
