/** Why a download ended; `transient` ones are worth another attempt. */
export class DownloadError extends Error {
  readonly status: number | undefined;
  readonly transient: boolean;
  constructor(message: string, { status, transient = false, cause }: DownloadErrorOptions = {}) {
    super(message, { cause });
    this.name = 'DownloadError';
    this.status = status;
    this.transient = transient;
  }
}

interface DownloadErrorOptions {
  status?: number;
  transient?: boolean;
  cause?: unknown;
}

/** What a refusing status means, for the person who asked for the file. */
export function refusal(status: number, url: URL): DownloadError {
  const host = url.host;
  const meaning: Record<number, string> = {
    401: `${host} asks for permission (401)`,
    403: `${host} refuses to give this file (403)`,
    404: `${host} has no such file (404)`,
    410: `${host} no longer has this file (410)`,
  };
  const transient = status === 408 || status === 429 || status >= 500;
  return new DownloadError(`${meaning[status] ?? `${host} answered ${status}`}.`, { status, transient });
}
