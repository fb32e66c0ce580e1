import { type ErrorBody, type ErrorCode, errorStatus, type OpenAiErrorBody } from '@hearth/contract';

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

export type Family = 'v1' | 'openai';

/** The same refusal in the envelope of its family. */
export function envelope(error: AppError, family: Family): ErrorBody | OpenAiErrorBody {
  const { code, message, details } = error;
  if (family === 'v1') return { error: { code, message, details } };
  return { error: { message, type: openAiType(error.status), param: firstField(details), code } };
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
