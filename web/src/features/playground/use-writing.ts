import { onScopeDispose, type Ref, ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { markTalked } from '../overview/first-steps.ts';
import { streamWriting, type Writing } from './completion-stream.ts';

/** Measured on this device: until the first piece of text, and how fast the rest came. */
export interface Timing {
  firstTokenMs: number | undefined;
  /** After the first token; undefined where the server does not count. */
  tokensPerSecond: number | undefined;
  tokens: number | undefined;
}
export type Outcome =
  | { state: 'done'; finishReason: string; timing: Timing }
  | { state: 'stopped'; timing: Timing }
  | { state: 'failed'; error: unknown; timing: Timing };

export interface Writer {
  busy: Ref<boolean>;
  /** Writes until the end, a stop or a failure; what came until then was handed to `onText` in every case. */
  write: (writing: Writing, onText: (text: string) => void) => Promise<Outcome>;
  stop: () => void;
}

/** One piece of writing at a time; leaving the page stops it. */
export function useWriting(now: () => number = () => performance.now()): Writer {
  const { fetch } = useApi();
  const busy = ref(false);
  let running: AbortController | undefined;

  async function write(writing: Writing, onText: (text: string) => void): Promise<Outcome> {
    running?.abort();
    const own = new AbortController();
    running = own;
    busy.value = true;
    const timing: Timing = { firstTokenMs: undefined, tokensPerSecond: undefined, tokens: undefined };
    const startedAt = now();
    try {
      for await (const event of streamWriting(fetch, writing, own.signal)) {
        if (event.type === 'text') {
          timing.firstTokenMs ??= now() - startedAt;
          onText(event.text);
        } else {
          timing.tokens = event.usage?.completion_tokens;
          timing.tokensPerSecond = rate(timing, now() - startedAt);
          markTalked();
          return { state: 'done', finishReason: event.finishReason, timing };
        }
      }
      return { state: 'stopped', timing };
    } catch (error) {
      return own.signal.aborted ? { state: 'stopped', timing } : { state: 'failed', error, timing };
    } finally {
      if (running === own) {
        running = undefined;
        busy.value = false;
      }
    }
  }
  const stop = (): void => running?.abort();
  onScopeDispose(stop);
  return { busy, write, stop };
}

function rate({ tokens, firstTokenMs }: Timing, wholeMs: number): number | undefined {
  if (!tokens || tokens < 2 || firstTokenMs === undefined || wholeMs <= firstTokenMs) return undefined;
  return ((tokens - 1) / (wholeMs - firstTokenMs)) * 1000;
}
