import type { Route, RouteInput, RouteOutput } from '@hearth/contract';
import { onScopeDispose, type Ref, ref } from 'vue';
import { useApi } from './api.ts';

export interface UploadHandle<R extends Route> {
  /** Resolves to the answer; rejects with ApiError, or an AbortError after `cancel()`. */
  start: (input: Omit<RouteInput<R>, 'body'>, file: File) => Promise<RouteOutput<R>>;
  cancel: () => void;
  /** 0..1 while sending, otherwise null. */
  progress: Ref<number | null>;
}

/** One upload at a time with its progress; leaving the page cancels it. */
export function useUpload<R extends Route>(route: R): UploadHandle<R> {
  const { upload } = useApi();
  const progress = ref<number | null>(null);
  let running: AbortController | undefined;
  async function start(input: Omit<RouteInput<R>, 'body'>, file: File): Promise<RouteOutput<R>> {
    running = new AbortController();
    progress.value = 0;
    try {
      return await upload(route, input, file, {
        signal: running.signal,
        onProgress: (fraction) => {
          progress.value = fraction;
        },
      });
    } finally {
      progress.value = null;
    }
  }
  const cancel = (): void => running?.abort();
  onScopeDispose(cancel);
  return { start, cancel, progress };
}
