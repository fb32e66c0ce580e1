import { z } from 'zod';
import { MetricKey } from './series.ts';
import { RunId } from './values.ts';

/** The end of the year 9999. */
export const latestMilliseconds = 253_402_300_799_999;
/** A time, in milliseconds since 1970. */
export const Milliseconds = z.coerce.number().int().min(0).max(latestMilliseconds);
/** 64 bits on the wire, where they often travel as a text. */
export const Whole = z.coerce.number().int();
/** Name of a tag. */
export const Key = z.string().min(1).max(250);
/** What the client may leave out or send as null. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);
/** A tag of a run, as the client sends it. */
export const GivenTag = z.object({ key: Key, value: z.string().max(8000).default('') });
/** A tag of an experiment, likewise. */
export const ExperimentTag = z.object({ key: Key, value: z.string().max(20_000).default('') });
/** A param, likewise. */
export const GivenParam = z.object({ key: MetricKey, value: z.string().max(6000).default('') });
/** Which of what was and was not deleted a search looks through. */
export const ViewType = z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']).default('ACTIVE_ONLY');
/** The answer of an action that says nothing. */
export const Empty = z.object({});

/** What the paths of MLflow's REST API begin with. */
export const base = '/api/2.0/mlflow';
/** What its routes have in common. */
export const tag = 'mlflow';
export const family = 'mlflow';
export const read = 'training.read';
export const write = 'training.write';
/** What those routes have in common that jobs may call, too. */
export const common = { tag, family, jobs: true } as const;
/** Refusals of what is written to a run. */
export const runGone = ['run.not_found', 'run.deleted'] as const;
/** The run that is meant. */
export const ofRun = z.object({ run_id: RunId });
