import { z } from 'zod';
import { route } from './route.ts';
import { Message, PageQuery, pageOf, Timestamp } from './values.ts';

/** An experiment's id as MLflow writes it: a whole number as a text; `0` is the experiment Default. */
export const ExperimentId = z.string().regex(/^(0|[1-9][0-9]{0,14})$/, 'a whole number');
export const Lifecycle = z.enum(['active', 'deleted']);

export const Experiment = z
  .object({
    experiment_id: ExperimentId,
    name: z.string(),
    lifecycle: Lifecycle,
    note: z.string(),
    tags: z.record(z.string(), z.string()),
    /** Active runs. */
    runs: z.number().int(),
    created_by: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.infer<typeof Experiment>;

/** A note in Markdown. */
export const Note = z.string().max(20_000);
const tag = 'tracking';
const read = 'training.read';
const write = 'training.write';
const ofExperiment = z.object({ experiment_id: ExperimentId });
export const experimentRoutes = {
  experiments: route({
    method: 'GET',
    path: '/api/v1/experiments',
    summary: 'Experiments, the most recently changed first',
    tag,
    access: read,
    query: PageQuery.extend({
      search: z.string().max(100).optional(),
      lifecycle: Lifecycle.default('active'),
    }),
    response: pageOf(Experiment),
  }),
  createExperiment: route({
    method: 'POST',
    path: '/api/v1/experiments',
    summary: 'Make an experiment',
    tag,
    access: write,
    body: z.object({ name: z.string().trim().min(1).max(200), note: Note.optional() }),
    status: 201,
    response: Experiment,
    errors: ['experiment.exists'],
  }),
  experiment: route({
    method: 'GET',
    path: '/api/v1/experiments/:experiment_id',
    summary: 'One experiment',
    tag,
    access: read,
    params: ofExperiment,
    response: Experiment,
    errors: ['experiment.not_found'],
  }),
  updateExperiment: route({
    method: 'PATCH',
    path: '/api/v1/experiments/:experiment_id',
    summary: 'Rename an experiment, or change its note',
    tag,
    access: write,
    params: ofExperiment,
    body: z.object({ name: z.string().trim().min(1).max(200).optional(), note: Note.optional() }),
    response: Experiment,
    errors: ['experiment.not_found', 'experiment.exists', 'experiment.deleted'],
  }),
  deleteExperiment: route({
    method: 'DELETE',
    path: '/api/v1/experiments/:experiment_id',
    summary: 'Delete an experiment; it can be restored',
    tag,
    access: write,
    params: ofExperiment,
    response: Message,
    errors: ['experiment.not_found', 'experiment.is_default'],
  }),
  restoreExperiment: route({
    method: 'POST',
    path: '/api/v1/experiments/:experiment_id/restore',
    summary: 'Bring a deleted experiment back',
    tag,
    access: write,
    params: ofExperiment,
    response: Experiment,
    errors: ['experiment.not_found'],
  }),
  columns: route({
    method: 'GET',
    path: '/api/v1/experiments/:experiment_id/columns',
    summary: 'Names of the params and metrics its runs have, at most 500 of each',
    tag,
    access: read,
    params: ofExperiment,
    response: z.object({ params: z.array(z.string()), metrics: z.array(z.string()) }),
    errors: ['experiment.not_found'],
  }),
};
