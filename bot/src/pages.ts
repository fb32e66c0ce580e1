import type { InlineKeyboard } from 'grammy';

/** So many choices a message has room for on a phone. */
export const PAGE_SIZE = 8;

export interface Page<T> {
  items: T[];
  /** From 0. */
  page: number;
  hasMore: boolean;
}

/** One page of what is there; the last one where that is further on, since things may have gone meanwhile. */
export function pageAmong<T>(all: readonly T[], wanted: number, size = PAGE_SIZE): Page<T> {
  const last = Math.max(0, Math.ceil(all.length / size) - 1);
  const page = Math.min(wanted, last);
  return { items: all.slice(page * size, (page + 1) * size), page, hasMore: page < last };
}

/** Buttons to the pages beside this one, in a row of their own. */
export function turnPages(
  keyboard: InlineKeyboard,
  { page, hasMore }: Omit<Page<unknown>, 'items'>,
  carried: (page: number) => string,
): InlineKeyboard {
  if (page === 0 && !hasMore) return keyboard;
  keyboard.row();
  if (page > 0) keyboard.text('◀️', carried(page - 1));
  if (hasMore) keyboard.text('▶️', carried(page + 1));
  return keyboard;
}
