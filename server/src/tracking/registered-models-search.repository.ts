import { type SQL, sql } from 'drizzle-orm';
import { asCondition, asOrder, type Searchable } from './search/conditions.repository.ts';
import { parseFilter, parseOrder } from './search/filter.ts';

const millis = (of: SQL): SQL => sql`(extract(epoch from ${of}) * 1000)`;

/** Clients leave prompts out by asking for a tag that is not 'true'; here a model without it has it as 'false'. */
const withPromptTag = (tags: SQL): SQL => sql`('{"mlflow.prompt.is_prompt": "false"}'::jsonb || ${tags})`;

/** Fields of `models`, as clients call them. */
const onModels: Searchable = {
  texts: { name: sql`models.name` },
  numbers: {
    creation_timestamp: millis(sql`models.created_at`),
    last_updated_timestamp: millis(sql`models.updated_at`),
    timestamp: millis(sql`models.updated_at`),
  },
  tags: withPromptTag(sql`models.tags`),
};

/** Fields of `model_versions`, as clients call them. */
const onVersions: Searchable = {
  texts: {
    name: sql`model_versions.model_name`,
    run_id: sql`coalesce(model_versions.run_id, '')`,
    source_path: sql`coalesce(model_versions.source, '')`,
    model_id: sql`coalesce(model_versions.logged_model_id, '')`,
  },
  numbers: {
    version_number: sql`model_versions.version`,
    creation_timestamp: millis(sql`model_versions.created_at`),
    last_updated_timestamp: millis(sql`model_versions.updated_at`),
  },
  tags: withPromptTag(sql`model_versions.tags`),
};

const query = (on: Searchable, last: SQL[]) => (filter: string | undefined, orders: readonly string[]) => {
  const parsed = parseFilter(filter);
  return {
    where: parsed && asCondition(parsed, on),
    orderBy: [...orders.flatMap((order) => asOrder(parseOrder(order), on)), ...last],
  };
};

/** A search for models: by name where no order is asked. */
export const modelsQuery = query(onModels, [sql`models.name`]);

/** A search for versions: the last changed first where no order is asked. */
export const versionsQuery = query(onVersions, [
  sql`model_versions.updated_at desc`,
  sql`model_versions.model_name`,
  sql`model_versions.version desc`,
]);
