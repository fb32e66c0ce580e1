import { z } from 'zod';
import { ResourceName, RunId, SessionId, Sha256, Timestamp } from './values.ts';

/** Free labels of a model, a data set or one of their versions; at most 100. */
export const Tags = z
  .record(z.string().min(1).max(250), z.string().max(5000))
  .refine((tags) => Object.keys(tags).length <= 100, 'at most 100 tags')
  .meta({ id: 'Tags' });
export type Tags = z.infer<typeof Tags>;

/** Free text beside a model, a data set or a version. */
export const Description = z.string().max(20_000);

/** A movable name for one version, such as `champion`; not `latest` and not `v` with digits, which mean others. */
export const Alias = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'letters, digits, dash and underscore; at most 100')
  .refine((alias) => !/^(latest|v?\d+)$/i.test(alias), 'not latest, and no version number');

export const VersionNumber = z.coerce.number().int().positive().max(2_147_483_647);

/** Where a version came from. What is not known is null. */
export const Lineage = z
  .object({
    /** `run`: made by a training session or a tracked run; `mlflow`: logged by a client; `bundled`: came with Hearth. */
    kind: z.enum(['run', 'upload', 'pull', 'mlflow', 'bundled']),
    session_id: SessionId.nullable(),
    run_id: RunId.nullable(),
    dataset_name: z.string().nullable(),
    dataset_version: z.number().int().nullable(),
    dataset_sha256: Sha256.nullable(),
    /** Digest of the code bundle that made it. */
    code_digest: Sha256.nullable(),
    /** File name of an upload, address of a pull, origin of bundled data. */
    source: z.string().nullable(),
    created_by: z.string().nullable(),
  })
  .meta({ id: 'Lineage' });
export type Lineage = z.infer<typeof Lineage>;

/** Somebody who needs a model, a data set or a version of them: why it cannot be deleted now. */
export const Use = z
  .object({
    kind: z.enum(['run', 'deployment', 'job', 'model']),
    /** Session of a run, id of a deployment or job, name of a model. */
    id: z.string(),
    name: z.string(),
    state: z.string(),
  })
  .meta({ id: 'Use' });
export type Use = z.infer<typeof Use>;

/**
 * A part of a list of named things, newest first: those whose name or description holds `search`, after `cursor`.
 * The answer's header `x-next-cursor` says how to go on; without it there is no more.
 */
export const NamedListQuery = z.object({
  search: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().max(300).optional(),
});

/** What can be changed of a model or a data set; `name` renames it, which is refused while it is in use. */
export const NamedPatch = z.object({
  name: ResourceName.optional(),
  description: Description.optional(),
  tags: Tags.optional(),
});

/** What can be changed of a version. */
export const VersionPatch = z.object({ description: Description.optional(), tags: Tags.optional() });

export const named = z.object({ name: ResourceName });
export const versioned = z.object({ name: ResourceName, version: VersionNumber });

/** A true or false in a query. */
export const Flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Fields that every model and data set has. */
export const namedFields = {
  version: z.number().int(),
  versions: z.number().int(),
  description: z.string(),
  tags: Tags,
  updated_at: Timestamp,
};
