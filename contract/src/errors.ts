import { z } from 'zod';
import type { Family } from './route.ts';

/**
 * Every refusal the product can utter, with its HTTP status. A code is thrown in one place,
 * mapped to a status here, and translated once per language in the web catalogues (`error.<code>`).
 */
export const errorStatus = {
  'request.invalid': 400,
  'request.unsupported_media': 415,
  'request.too_large': 413,
  'request.aborted': 400,
  'request.rate_limited': 429,
  'route.not_found': 404,
  'auth.required': 401,
  'auth.wrong_credentials': 401,
  'auth.wait': 429,
  'auth.forbidden': 403,
  'auth.origin_refused': 403,
  'setup.required': 403,
  'setup.done': 409,
  'setup.wrong_token': 403,
  'user.not_found': 404,
  'user.exists': 409,
  'user.last_admin': 409,
  'key.not_found': 404,
  'node.not_found': 404,
  'node.offline': 409,
  'node.busy': 409,
  'node.wrong_token': 401,
  'node.none_capable': 409,
  'job.not_found': 404,
  'job.not_active': 409,
  'job.foreign_lease': 409,
  'script.not_found': 404,
  'script.already_running': 409,
  'script.not_running': 400,
  'script.argument_refused': 400,
  'script.unavailable': 409,
  'market.not_found': 404,
  'market.model_not_found': 404,
  'market.collection_gone': 409,
  'market.empty': 409,
  'training.not_found': 404,
  'training.not_active': 409,
  'training.not_queued': 404,
  'training.unknown_architecture': 400,
  'training.unsuited': 400,
  'training.not_resumable': 409,
  'training.option_refused': 400,
  'experiment.not_found': 404,
  'experiment.exists': 409,
  'experiment.deleted': 400,
  'experiment.is_default': 409,
  'run.not_found': 404,
  'run.deleted': 400,
  'run.param_changed': 400,
  'run.metric_not_found': 404,
  'run.bad_filter': 400,
  'dataset.not_found': 404,
  'dataset.exists': 409,
  'dataset.in_use': 409,
  'dataset.unreadable': 400,
  'model.not_found': 404,
  'model.exists': 409,
  'model.in_use': 409,
  'model.no_such_format': 404,
  'model.unreadable': 400,
  'model.no_such_alias': 404,
  'model.bad_source': 400,
  'model.bad_stage': 400,
  'logged_model.not_found': 404,
  'upload.not_found': 404,
  'upload.offset_conflict': 409,
  'upload.refused': 400,
  'upload.version_unsupported': 412,
  'upload.checksum_mismatch': 460,
  'artifact.not_found': 404,
  'artifact.digest_mismatch': 400,
  'artifact.bad_path': 400,
  'artifact.no_such_upload': 404,
  'pull.not_found': 404,
  'pull.not_active': 409,
  'pull.bad_source': 400,
  'deployment.not_found': 404,
  'deployment.exists': 409,
  'deployment.not_ready': 409,
  'deployment.unsuited': 400,
  'deployment.endpoint_refused': 400,
  'inference.busy': 429,
  'inference.failed': 502,
  'inference.context_exceeded': 400,
  'storage.full': 507,
  'range.not_satisfiable': 416,
  'service.unavailable': 503,
  internal: 500,
} as const satisfies Record<string, number>;

/** Statuses that a family's document wants otherwise: a body of the wrong shape is 422 in the scripts API. */
export const familyStatus: Partial<Record<Family, Partial<Record<keyof typeof errorStatus, number>>>> = {
  scripts: { 'request.invalid': 422 },
};

export type ErrorCode = keyof typeof errorStatus;
export const errorCodes = Object.keys(errorStatus) as ErrorCode[];

/** Envelope of errors of `/api/v1`. `details` says what to mend, field by field where there are fields. */
export const ErrorBody = z
  .object({
    error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Envelope of errors of `/v1`, as OpenAI's clients expect it. */
export const OpenAiErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError' });
export type OpenAiErrorBody = z.infer<typeof OpenAiErrorBody>;

/** Envelope of errors of `/ml` (document 001). */
export const ScriptErrorBody = z
  .object({
    status: z.literal('error'),
    error: z.string(),
    timestamp: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ScriptError' });
export type ScriptErrorBody = z.infer<typeof ScriptErrorBody>;

/** Envelope of errors of MLflow's REST API; codes as its clients know them, such as RESOURCE_DOES_NOT_EXIST. */
export const MlflowErrorBody = z
  .object({ error_code: z.string(), message: z.string() })
  .meta({ id: 'MlflowError' });
export type MlflowErrorBody = z.infer<typeof MlflowErrorBody>;
