import { Lifecycle, RunStatus } from '@hearth/contract';
import type { LocationQuery } from 'vue-router';
import type { RunsFilter } from './use-tracked-runs.ts';

export const everything: RunsFilter = {
  lifecycle: 'active',
  experiment_id: undefined,
  status: undefined,
  search: '',
  order_by: undefined,
};
const textOf = (value: LocationQuery[string] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

/** The filter that an address stands for; what is not understood is left out. */
export function filterOf(query: LocationQuery): RunsFilter {
  const experiment = textOf(query.experiment);
  return {
    lifecycle: Lifecycle.catch('active').parse(query.show),
    experiment_id: /^\d{1,15}$/.test(experiment) ? experiment : undefined,
    status: RunStatus.safeParse(query.status).data,
    search: textOf(query.search),
    order_by: textOf(query.order) || undefined,
  };
}

/** The filter as a query of the address, to be shared and found again by going back. */
export function queryOf({
  lifecycle,
  experiment_id,
  status,
  search,
  order_by,
}: RunsFilter): Record<string, string> {
  const show = lifecycle === 'deleted' ? lifecycle : undefined;
  const all = { show, experiment: experiment_id, status, search, order: order_by };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
