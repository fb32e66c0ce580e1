import {
  type ErrorBody,
  type ErrorCode,
  errorStatus,
  type Family,
  familyStatus,
  type MlflowErrorBody,
  type OpenAiErrorBody,
  type ScriptErrorBody,
} from '@hearth/contract';

/** A refusal with a code of the contract; `message` and `details` are shown to the caller. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
  /** Seconds after which trying again makes sense; sent as Retry-After. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    details: Record<string, unknown> = {},
    retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }
  get status(): number {
    return errorStatus[this.code];
  }
}

export type { Family };

/** Its HTTP status in a family. */
export const statusIn = (family: Family, error: AppError): number =>
  familyStatus[family]?.[error.code] ?? error.status;

/** The same refusal in the envelope of its family. */
export function envelope(
  error: AppError,
  family: Family,
): ErrorBody | OpenAiErrorBody | ScriptErrorBody | MlflowErrorBody {
  const { code, message, details } = error;
  if (family === 'openai')
    return { error: { message, type: openAiType(error.status), param: firstField(details), code } };
  if (family === 'scripts')
    return {
      status: 'error',
      error: message,
      timestamp: new Date().toISOString(),
      details: { code, ...details },
    };
  if (family === 'mlflow') return { error_code: mlflowCode(error), message };
  return { error: { code, message, details } };
}

/** The code MLflow's clients know: they decide by it whether to try again, or that something is not there. */
function mlflowCode({ code, status }: AppError): string {
  if (code.endsWith('.exists')) return 'RESOURCE_ALREADY_EXISTS';
  if (status === 400) return 'INVALID_PARAMETER_VALUE';
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'PERMISSION_DENIED';
  if (status === 404) return code === 'route.not_found' ? 'ENDPOINT_NOT_FOUND' : 'RESOURCE_DOES_NOT_EXIST';
  if (status === 409) return 'INVALID_STATE';
  if (status === 413) return 'INVALID_PARAMETER_VALUE';
  if (status === 429) return 'REQUEST_LIMIT_EXCEEDED';
  return status === 503 ? 'TEMPORARILY_UNAVAILABLE' : 'INTERNAL_ERROR';
}

function openAiType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function firstField({ fields }: Record<string, unknown>): string | null {
  const first: unknown = Array.isArray(fields) ? fields[0] : undefined;
  return typeof first === 'object' && first !== null && 'path' in first ? String(first.path) : null;
}
