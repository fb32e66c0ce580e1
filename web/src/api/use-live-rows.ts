import type { LiveMessage, LiveTopic } from '@hearth/contract';
import type { WatchSource } from 'vue';
import { useLive } from './use-live.ts';
import { type Resource, useResource } from './use-resource.ts';

/** What a live message does to a list: a row as it is now, or the key of one that is gone. */
export type RowChange<T> = { row: T } | { removed: string };

export interface LiveRows<T> {
  /** `undefined` where this person may not follow it: nothing is loaded, and the list is empty. */
  topic: LiveTopic | undefined;
  load: (signal: AbortSignal) => Promise<readonly T[]>;
  keyOf: (row: T) => string;
  change: (message: LiveMessage) => RowChange<T> | undefined;
  /** Whether a changed row belongs into this list; by default every one does. */
  accepts?: (row: T) => boolean;
  /** Reload when these change. */
  sources?: WatchSource[];
}

/** The list after a change: replaced in place, added in front, or taken out. */
export function applyChange<T>(
  rows: readonly T[],
  change: RowChange<T>,
  { keyOf, accepts = () => true }: Pick<LiveRows<T>, 'keyOf' | 'accepts'>,
): readonly T[] {
  const key = 'row' in change ? keyOf(change.row) : change.removed;
  if (!('row' in change) || !accepts(change.row)) return rows.filter((row) => keyOf(row) !== key);
  const known = rows.some((row) => keyOf(row) === key);
  return known ? rows.map((row) => (keyOf(row) === key ? change.row : row)) : [change.row, ...rows];
}

/** A list that stays true: loaded over HTTP, changed by live messages, also by those that arrive during a load. */
export function useLiveRows<T>(options: LiveRows<T>): Resource<readonly T[]> {
  let heard: RowChange<T>[] = [];
  const list = useResource<readonly T[]>(async (signal) => {
    heard = [];
    const rows = options.topic ? await options.load(signal) : [];
    return heard.reduce((all, change) => applyChange(all, change, options), rows);
  }, options.sources);
  useLive(
    options.topic,
    (message) => {
      const change = options.change(message);
      if (!change) return;
      if (list.loading.value) heard.push(change);
      if (list.data.value) list.data.value = applyChange(list.data.value, change, options);
    },
    list.reload,
  );
  return list;
}
