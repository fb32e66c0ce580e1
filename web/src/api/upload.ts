import { ApiError, ErrorBody, type Route, type RouteInput, type RouteOutput, urlOf } from '@hearth/contract';
import type { Access } from './access.ts';

interface UploadOptions {
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}
export type Upload = <R extends Route>(
  route: R,
  input: Omit<RouteInput<R>, 'body'>,
  file: File,
  options?: UploadOptions,
) => Promise<RouteOutput<R>>;

/** Sends one file as multipart field `file`. XMLHttpRequest, since fetch tells nothing of upload progress. */
export function createUpload(access: Access): Upload {
  return async (route, input, file, { onProgress, signal } = {}) => {
    const token = await access.token();
    const form = new FormData();
    form.append('file', file, file.name);
    const { status, body } = await send(route.method, urlOf(route, input), token, form, onProgress, signal);
    if (status < 200 || status > 299) throw refusal(status, body);
    if (typeof route.response === 'string') throw new TypeError('An upload answers with JSON.');
    return route.response.parse(body) as RouteOutput<typeof route>;
  };
}

function send(
  method: string,
  url: string,
  token: string | undefined,
  form: FormData,
  onProgress: UploadOptions['onProgress'],
  signal: AbortSignal | undefined,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = 'json';
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = () => reject(new ApiError(0, 'network', 'The server could not be reached.'));
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

function refusal(status: number, body: unknown): ApiError {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) return new ApiError(status, 'unknown', `The server answered ${status}.`);
  const { code, message, details } = parsed.data.error;
  return new ApiError(status, code, message, details);
}
