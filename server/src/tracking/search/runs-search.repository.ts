import { and, type SQL, sql } from 'drizzle-orm';
import { experiments, runs } from '../tracking.table.ts';
import { asCondition, asOrder, type Searchable } from './conditions.repository.ts';
import type { Filter, Order } from './filter.ts';
import type { RunScope } from './search.types.ts';

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

const inDeleted = sql`${runs.experimentId} in (select id from experiments where lifecycle = 'deleted')`;
/** A run goes with its experiment: where that is deleted, so is the run, until the experiment is restored. */
const isActive = sql`(${runs.lifecycle} = 'active' and not ${inDeleted})`;
const isDeleted = sql`(${runs.lifecycle} = 'deleted' or ${inDeleted})`;
const ofLifecycle = { active: isActive, deleted: isDeleted, all: undefined };

export function runsWhere(scope: RunScope, filter: Filter | undefined): SQL | undefined {
  const { experimentIds, lifecycle, status, text } = scope;
  const pattern = text && `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return and(
    experimentIds && sql`${runs.experimentId} = any(${sql.param(experimentIds)}::bigint[])`,
    ofLifecycle[lifecycle],
    status ? sql`${runs.status} = ${status}` : undefined,
    pattern
      ? sql`(${runs.name} ilike ${pattern} or ${runs.runId} like ${pattern} or ${runs.params}::text ilike ${pattern}
          or ${runs.tags}::text ilike ${pattern})`
      : undefined,
    filter && asCondition(filter, onRuns),
  );
}

/** The asked orders, then the newest first, and the id so that pages never overlap. */
export function runsOrder(orders: readonly Order[]): SQL[] {
  return [
    ...orders.flatMap((order) => asOrder(order, onRuns)),
    sql`${runs.startMs} desc`,
    column(runs.runId),
  ];
}

export const experimentsWhere = (
  lifecycle: RunScope['lifecycle'],
  filter: Filter | undefined,
): SQL | undefined =>
  and(
    lifecycle === 'all' ? undefined : sql`${experiments.lifecycle} = ${lifecycle}`,
    filter && asCondition(filter, onExperiments),
  );

export const experimentsOrder = (orders: readonly Order[]): SQL[] => [
  ...orders.flatMap((order) => asOrder(order, onExperiments)),
  sql`${experiments.updatedAt} desc`,
  sql`${experiments.id} desc`,
];
