import type { DeploymentSpec, ModelInput } from '@hearth/contract';
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import { nodes } from '../nodes/nodes.table.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const deployments = pgTable(
  'deployments',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull().unique('deployments_name'),
    task: text('task').notNull(),
    kind: text('kind').notNull(),
    modelName: text('model_name'),
    modelVersion: integer('model_version'),
    nodeId: uuid('node_id').references(() => nodes.id, { onDelete: 'cascade' }),
    spec: jsonb('spec').$type<Omit<DeploymentSpec, 'deploymentId'>>(),
    baseUrl: text('base_url'),
    endpointModel: text('endpoint_model'),
    /** Sealed with the server's secret; never shown. */
    apiKeySealed: text('api_key_sealed'),
    /** Facts its engine reported, kept for the time its node is away. */
    chats: boolean('chats').notNull(),
    contextLength: integer('context_length'),
    inputs: jsonb('inputs').$type<z.infer<typeof ModelInput>[]>(),
    classes: jsonb('classes').$type<string[]>(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [
    check(
      'deployments_target',
      sql`(kind = 'model' AND model_name IS NOT NULL AND model_version IS NOT NULL AND node_id IS NOT NULL AND spec IS NOT NULL) OR (kind = 'endpoint' AND base_url IS NOT NULL AND endpoint_model IS NOT NULL)`,
    ),
    index('deployments_node').on(t.nodeId),
    index('deployments_model').on(t.modelName),
  ],
);
