import { remember, remembered } from '../ui/remember.ts';

const patienceMs = 30_000;

/**
 * A page left open over an upgrade asks for files of the old build, which are gone: it loads itself anew, once in
 * a while at most, so that a file missing for another reason makes no loop.
 */
export function reloadOnNewBuild(
  reload: () => void = () => location.reload(),
  now: () => number = Date.now,
): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (now() - Number(remembered('reloaded-at') ?? 0) < patienceMs) return;
    event.preventDefault();
    remember('reloaded-at', String(now()));
    reload();
  });
}
