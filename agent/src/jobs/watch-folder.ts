import { type FSWatcher, watch } from 'node:fs';

const restMs = 20;

/**
 * Calls `onGrowth` as soon as one of a folder's files has grown, and then at most every 20 ms. Where the system
 * watches no more folders nothing is called: who asked looks now and then anyway.
 */
export function watchFolder(path: string, onGrowth: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isNew = false;
  const rest = () => {
    timer = undefined;
    if (!isNew) return;
    isNew = false;
    timer = setTimeout(rest, restMs);
    onGrowth();
  };
  const grown = (): void => {
    isNew = true;
    if (timer === undefined) rest();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path, { persistent: false }, grown);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Too many are watched on this machine.
  }
  return () => {
    clearTimeout(timer);
    isNew = false;
    watcher?.close();
  };
}
