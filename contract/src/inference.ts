import { z } from 'zod';
import { Alias } from './lineage.ts';
import { ModelTask } from './models.ts';
import { route } from './route.ts';
import { Message, ResourceName, Timestamp, Uuid } from './values.ts';

export const DeploymentState = z.enum(['starting', 'ready', 'failed', 'offline']);
export type DeploymentState = z.infer<typeof DeploymentState>;

/** Columns a tabular model asks for, so that a form can be drawn. */
export const ModelInput = z.object({
  name: z.string(),
  kind: z.enum(['number', 'category']),
  categories: z.array(z.string()).optional(),
  example: z.union([z.string(), z.number()]).nullish(),
});
export type ModelInput = z.infer<typeof ModelInput>;

export const Deployment = z
  .object({
    id: Uuid,
    /** Also the model's name at `/v1`: `model/<name>`. */
    name: z.string(),
    state: DeploymentState,
    task: ModelTask,
    /** A registered model on a node, or somebody else's OpenAI-compatible server. */
    target: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('model'),
        model_name: z.string(),
        version: z.number().int(),
        node_id: Uuid,
        node_name: z.string(),
      }),
      z.object({ kind: z.literal('endpoint'), base_url: z.string(), model: z.string() }),
    ]),
    /** True where the model has a chat template: it chats; otherwise it continues text. */
    chats: z.boolean(),
    inputs: z.array(ModelInput).nullable(),
    classes: z.array(z.string()).nullable(),
    context_length: z.number().int().nullable(),
    /** 0..1 while it is being fetched and loaded. */
    progress: z.number().min(0).max(1).nullable(),
    error_message: z.string().nullable(),
    active_requests: z.number().int(),
    created_at: Timestamp,
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.infer<typeof Deployment>;

export const Prediction = z
  .object({
    label: z.string().optional(),
    /** Class → probability, summing to 1. */
    probabilities: z.record(z.string(), z.number()).optional(),
    value: z.number().optional(),
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof Prediction>;

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const tag = 'deployments';
const params = z.object({ id: Uuid });
export const inferenceRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/deployments',
    summary: 'What is deployed',
    tag,
    access: 'deployments.read',
    response: z.array(Deployment),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/deployments/:id',
    summary: 'One deployment',
    tag,
    access: 'deployments.read',
    params,
    response: Deployment,
    errors: ['deployment.not_found'],
  }),
  deploy: route({
    method: 'POST',
    path: '/api/v1/deployments',
    summary: 'Deploy a registered model on a node (the least loaded by default)',
    tag,
    access: 'deployments.write',
    body: z.object({
      name: ResourceName.optional(),
      model_name: ResourceName,
      version: z.number().int().positive().optional(),
      /** Or the version this alias names now; neither means the newest. */
      alias: Alias.optional(),
      node_id: Uuid.optional(),
    }),
    status: 201,
    response: Deployment,
    errors: [
      'model.not_found',
      'model.no_such_alias',
      'node.not_found',
      'node.none_capable',
      'deployment.exists',
      'deployment.unsuited',
    ],
  }),
  attach: route({
    method: 'POST',
    path: '/api/v1/deployments/endpoints',
    summary: 'Attach an OpenAI-compatible server',
    tag,
    access: 'deployments.write',
    body: z.object({
      name: ResourceName,
      base_url: z.url({ protocol: /^https?$/ }).max(2000),
      model: z.string().min(1).max(200),
      api_key: z.string().max(500).optional(),
    }),
    status: 201,
    response: Deployment,
    errors: ['deployment.exists', 'deployment.endpoint_refused'],
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/deployments/:id',
    summary: 'Take it down; the model stays in the registry',
    tag,
    access: 'deployments.write',
    params,
    response: Message,
    errors: ['deployment.not_found'],
  }),
  predict: route({
    method: 'POST',
    path: '/api/v1/deployments/:id/predict',
    summary: 'Predict for rows of named columns',
    tag,
    access: 'inference.use',
    params,
    body: z.object({ rows: z.array(Row).min(1).max(1000) }),
    response: z.object({ predictions: z.array(Prediction) }),
    errors: ['deployment.not_found', 'deployment.not_ready', 'deployment.unsuited', 'inference.failed'],
  }),
};
