import type { Filter, Order } from './filter.ts';

/** Which runs are looked for, beside what a filter says. */
export interface RunScope {
  experimentIds?: number[] | undefined;
  lifecycle: 'active' | 'deleted' | 'all';
  status?: string | undefined;
  /** Found in names, ids, params and tags. */
  text?: string | undefined;
}
/** One page of a search, of things that `Scope` describes. */
export interface Search<Scope> {
  scope: Scope;
  filter: Filter | undefined;
  orders: Order[];
  limit: number;
  offset: number;
}
/** The same as people write it. */
export type Asked<Scope> = Omit<Search<Scope>, 'filter' | 'orders'> & {
  filter: string | undefined;
  orders: readonly string[];
};
