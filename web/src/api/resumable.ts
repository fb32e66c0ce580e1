import {
  ApiError,
  type Client,
  ErrorBody,
  registryRoutes,
  type Upload,
  type UploadMetadata,
  urlOf,
} from '@hearth/contract';
import type { DetailedError, PreviousUpload, UploadOptions, Upload as Wire } from 'tus-js-client';
import type { Access } from './access.ts';

export type UploadKind = UploadMetadata['kind'];
export interface Wanted {
  kind: UploadKind;
  name: string;
  newVersion: boolean;
}
/** One file on its way. It goes on by itself after cuts and restarts of the server. */
export interface Sending {
  /** The upload once all of it has arrived; rejects with ApiError, or an AbortError once left or given up. */
  done: Promise<Upload>;
  pause: () => void;
  proceed: () => void;
  /** Stops; the server keeps what it has, so that the same file can be continued later. */
  leave: () => void;
  /** Stops, and the server forgets what it has. */
  giveUp: () => Promise<void>;
}
export interface Resumable {
  /** What the server still has of this very file from an earlier try in this browser. */
  unfinished: (kind: UploadKind, file: File) => Promise<Upload | undefined>;
  forget: (upload: Upload, file: File) => Promise<void>;
  send: (wanted: Wanted, file: File, onProgress: (fraction: number) => void) => Promise<Sending>;
}
const endpoint = registryRoutes.createUpload.path;
/** So long at most, in parts this large, is a token needed; and it keeps trying for about five minutes. */
const chunkBytes = 64 * 1024 * 1024;
const retryDelays = [0, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];
const passing = new Set([0, 401, 409, 423, 429, 502, 503, 504]);

const idOf = ({ uploadUrl }: PreviousUpload): string => uploadUrl?.split('/').pop() ?? '';
const library = () => import('tus-js-client');
const statusOf = (error: Error): number =>
  (error as Partial<DetailedError>).originalResponse?.getStatus() ?? 0;

/** The server's refusal, or that it could not be reached. */
function refusalOf(error: Error): ApiError {
  const response = (error as Partial<DetailedError>).originalResponse;
  if (!response) return new ApiError(0, 'network', 'The server could not be reached.');
  const parsed = ErrorBody.safeParse(jsonOf(response.getBody()));
  const status = response.getStatus();
  if (!parsed.success) return new ApiError(status, 'unknown', `The server answered ${status}.`);
  const { code, message, details } = parsed.data.error;
  return new ApiError(status, code, message, details);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends files in parts that survive cuts, reloads of the page and restarts (tus). */
export function createResumable(access: Access, call: Client): Resumable {
  const options = (more: UploadOptions = {}): UploadOptions => ({
    endpoint,
    chunkSize: chunkBytes,
    retryDelays,
    removeFingerprintOnSuccess: true,
    onShouldRetry: (error) => passing.has(statusOf(error)),
    onBeforeRequest: async (request) => {
      const token = await access.token();
      if (token) request.setHeader('authorization', `Bearer ${token}`);
    },
    ...more,
  });
  const get = (id: string) => call(registryRoutes.getUpload, { params: { id } });

  async function unfinished(kind: UploadKind, file: File): Promise<Upload | undefined> {
    for (const known of await earlier(file)) {
      const upload = await get(idOf(known)).catch(ifGone);
      if (upload && upload.version === null && upload.kind === kind) return upload;
    }
    return undefined;
  }
  async function earlier(file: File): Promise<PreviousUpload[]> {
    const { Upload: Tus } = await library();
    const found = await new Tus(file, options()).findPreviousUploads();
    return found.filter((known) => idOf(known)).reverse();
  }
  async function forget({ id }: Upload, file: File): Promise<void> {
    const { Upload: Tus } = await library();
    await Tus.terminate(urlOf(registryRoutes.getUpload, { params: { id } }), options()).catch((error) => {
      if (statusOf(error) !== 404) throw refusalOf(error);
    });
    for (const { urlStorageKey } of await earlier(file)) localStorage.removeItem(urlStorageKey);
  }
  async function send(wanted: Wanted, file: File, onProgress: (fraction: number) => void) {
    const { Upload: Tus } = await library();
    const metadata = {
      ...{ kind: wanted.kind, name: wanted.name, filename: file.name },
      new_version: String(wanted.newVersion),
    };
    const wire = new Tus(file, options({ metadata, onProgress: (sent, total) => onProgress(sent / total) }));
    const known = await sameAs(wire, wanted);
    if (known) wire.resumeFromPreviousUpload(known);
    return sendingOf(wire, () => get(wire.url?.split('/').pop() ?? ''));
  }
  /** An earlier try to send the same file under the same name. */
  async function sameAs(wire: Wire, { kind, name }: Wanted): Promise<PreviousUpload | undefined> {
    for (const known of (await wire.findPreviousUploads()).reverse()) {
      const upload = await get(idOf(known)).catch(ifGone);
      if (upload && upload.version === null && upload.kind === kind && upload.name === name) return known;
    }
    return undefined;
  }
  return { unfinished, forget, send };
}

function ifGone(error: unknown): undefined {
  if (error instanceof ApiError && error.status > 0 && error.status < 500) return undefined;
  throw error;
}

function sendingOf(wire: Wire, result: () => Promise<Upload>): Sending {
  let leave = (): void => undefined;
  const sent = new Promise<void>((resolve, reject) => {
    wire.options.onSuccess = () => resolve();
    wire.options.onError = (error) => reject(refusalOf(error));
    leave = () => {
      void wire.abort();
      reject(new DOMException('The upload was left.', 'AbortError'));
    };
  });
  wire.start();
  return {
    leave,
    done: sent.then(result),
    pause: () => void wire.abort(),
    proceed: () => wire.start(),
    async giveUp() {
      leave();
      await wire.abort(true);
    },
  };
}
