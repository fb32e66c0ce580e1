import type { Upload } from '@hearth/contract';
import { onScopeDispose, type Ref, ref } from 'vue';
import { useApi } from './api.ts';
import type { Sending, UploadKind } from './resumable.ts';

export interface UploadHandle {
  /** Resolves to the upload, of which `version` is set; rejects with ApiError, or an AbortError after `cancel()`. */
  start: (input: { name: string; newVersion: boolean }, file: File) => Promise<Upload>;
  pause: () => void;
  proceed: () => void;
  /** Breaks off; what has arrived is kept, so that the same file can be continued later. */
  leave: () => void;
  /** Gives up; what has arrived is forgotten. */
  cancel: () => void;
  unfinished: (file: File) => Promise<Upload | undefined>;
  forget: (upload: Upload, file: File) => Promise<void>;
  /** 0..1 while sending, otherwise null. */
  progress: Ref<number | null>;
  isPaused: Ref<boolean>;
}

/** One upload at a time with its progress; leaving the page breaks it off without losing what has arrived. */
export function useUpload(kind: UploadKind): UploadHandle {
  const { resumable } = useApi();
  const progress = ref<number | null>(null);
  const isPaused = ref(false);
  let running: Sending | undefined;
  async function start({ name, newVersion }: { name: string; newVersion: boolean }, file: File) {
    progress.value = 0;
    isPaused.value = false;
    try {
      running = await resumable.send({ kind, name, newVersion }, file, (fraction) => {
        progress.value = fraction;
      });
      return await running.done;
    } finally {
      progress.value = null;
      running = undefined;
    }
  }
  function pause(): void {
    isPaused.value = true;
    running?.pause();
  }
  function proceed(): void {
    isPaused.value = false;
    running?.proceed();
  }
  const leave = (): void => running?.leave();
  onScopeDispose(leave);
  return {
    ...{ start, pause, proceed, leave, progress, isPaused },
    cancel: () => void running?.giveUp(),
    unfinished: (file) => resumable.unfinished(kind, file),
    forget: resumable.forget,
  };
}
