import { and, type SQL, sql } from 'drizzle-orm';
import { experiments, runs } from '../tracking.table.ts';
import { type Filter, parseFilter, parseOrder } from './filter.ts';
import { asCondition, asOrder, type Searchable } from './to-sql.ts';

const column = (of: SQL | { getSQL(): SQL }): SQL => sql`${of}`;
const runName = column(runs.name);
const started = column(runs.startMs);

const onRuns: Searchable = {
  texts: {
    run_id: column(runs.runId),
    run_uuid: column(runs.runId),
    run_name: runName,
    'run name': runName,
    'Run name': runName,
    'Run Name': runName,
    status: column(runs.status),
    user_id: column(runs.userId),
    artifact_uri: column(runs.artifactUri),
  },
  numbers: { start_time: started, created: started, Created: started, end_time: column(runs.endMs) },
  params: column(runs.params),
  tags: column(runs.tags),
  metric: (key) =>
    sql`(select last_value from metric_series where metric_series.run_id = ${runs.runId} and metric_series.key = ${key})`,
  dataset: (key, fits) =>
    key === 'context'
      ? sql`exists (select from jsonb_array_elements(${runs.datasetInputs}) as input, jsonb_array_elements(input->'tags') as tag
          where tag->>'key' = 'mlflow.data.context' and ${fits(sql`(tag->>'value')`)})`
      : sql`exists (select from jsonb_array_elements(${runs.datasetInputs}) as input
          where ${fits(sql`(input->'dataset'->>${key}::text)`)})`,
};

const onExperiments: Searchable = {
  texts: { name: column(experiments.name), experiment_id: sql`${experiments.id}::text` },
  numbers: {
    creation_time: sql`(extract(epoch from ${experiments.createdAt}) * 1000)`,
    last_update_time: sql`(extract(epoch from ${experiments.updatedAt}) * 1000)`,
  },
  tags: column(experiments.tags),
};

/** Which runs are looked for, beside what a filter says. */
export interface RunScope {
  experimentIds?: number[] | undefined;
  lifecycle: 'active' | 'deleted' | 'all';
  status?: string | undefined;
  /** Found in names, ids, params and tags. */
  text?: string | undefined;
}

export function runsWhere(scope: RunScope, filter: string | undefined): SQL | undefined {
  const { experimentIds, lifecycle, status, text } = scope;
  const pattern = text && `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return and(
    experimentIds && sql`${runs.experimentId} = any(${sql.param(experimentIds)}::bigint[])`,
    lifecycle === 'all' ? undefined : sql`${runs.lifecycle} = ${lifecycle}`,
    status ? sql`${runs.status} = ${status}` : undefined,
    pattern
      ? sql`(${runs.name} ilike ${pattern} or ${runs.runId} like ${pattern} or ${runs.params}::text ilike ${pattern}
          or ${runs.tags}::text ilike ${pattern})`
      : undefined,
    conditionOf(parseFilter(filter), onRuns),
  );
}

/** The asked orders, then the newest first, and the id so that pages never overlap. */
export function runsOrder(orders: readonly string[]): SQL[] {
  return [
    ...orders.flatMap((order) => asOrder(parseOrder(order), onRuns)),
    sql`${runs.startMs} desc`,
    column(runs.runId),
  ];
}

export const experimentsWhere = (
  lifecycle: RunScope['lifecycle'],
  filter: string | undefined,
): SQL | undefined =>
  and(
    lifecycle === 'all' ? undefined : sql`${experiments.lifecycle} = ${lifecycle}`,
    conditionOf(parseFilter(filter), onExperiments),
  );

export const experimentsOrder = (orders: readonly string[]): SQL[] => [
  ...orders.flatMap((order) => asOrder(parseOrder(order), onExperiments)),
  sql`${experiments.updatedAt} desc`,
  sql`${experiments.id} desc`,
];

const conditionOf = (filter: Filter | undefined, on: Searchable) => filter && asCondition(filter, on);
