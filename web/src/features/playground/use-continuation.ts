import { ApiError } from '@hearth/contract';
import { computed, type Ref, ref } from 'vue';
import type { Sampling } from './sampling.ts';
import { type Outcome, useWriting } from './use-writing.ts';
import { piecesOf, type Range, rangesAfterEdit } from './written-ranges.ts';

const shortestPrompt = 16;

/** A text that a person and a base model write together. It lives as long as the page. */
export function useContinuation(model: () => string | undefined, sampling: Ref<Sampling>) {
  const content = ref('');
  const ranges = ref<Range[]>([]);
  const outcome = ref<Outcome>();
  /** Where the last continuation began, to write it anew. */
  const lastStart = ref<number>();
  /** Only the end of the text was sent, since the whole does not fit the model's context. */
  const sentTail = ref(false);
  /** So many characters filled the context. */
  let fullAt: number | undefined;
  const { busy, write, stop } = useWriting();

  const text = computed({
    get: () => content.value,
    set: (edited) => {
      ranges.value = rangesAfterEdit(ranges.value, content.value, edited);
      content.value = edited;
      lastStart.value = undefined;
    },
  });
  async function proceed(): Promise<void> {
    const name = model();
    if (!name || busy.value || content.value === '') return;
    const start = content.value.length;
    const mark: Range = { start, end: start };
    outcome.value = undefined;
    lastStart.value = start;
    ranges.value = [...ranges.value, mark];
    const at = ranges.value.length - 1;
    const { temperature, maxTokens: max_tokens } = sampling.value;
    for (;;) {
      // Half of what fills the context, so that there is room for an answer.
      const prompt = fullAt === undefined ? content.value : content.value.slice(-Math.ceil(fullAt / 2));
      sentTail.value = prompt.length < start;
      const body = { model: name, prompt, temperature, max_tokens };
      const written = await write({ kind: 'continue', body }, (more) => {
        content.value += more;
        ranges.value[at] = { start, end: content.value.length };
      });
      if (isTooLong(written) && prompt.length > shortestPrompt) {
        fullAt = prompt.length;
        continue;
      }
      if (endedEarly(written, max_tokens)) fullAt = prompt.length + content.value.length - start;
      outcome.value = written;
      break;
    }
    ranges.value = ranges.value.filter(({ start, end }) => end > start);
  }
  async function retry(): Promise<void> {
    if (busy.value || lastStart.value === undefined) return;
    text.value = content.value.slice(0, lastStart.value);
    await proceed();
  }
  function clear(): void {
    stop();
    content.value = '';
    ranges.value = [];
    outcome.value = undefined;
    lastStart.value = undefined;
    sentTail.value = false;
  }
  const pieces = computed(() => piecesOf(content.value, ranges.value));
  return {
    sentTail,
    text,
    pieces,
    busy,
    outcome,
    canRetry: computed(() => lastStart.value !== undefined && !busy.value),
    proceed,
    retry,
    stop,
    clear,
  };
}

const isTooLong = (outcome: Outcome): boolean =>
  outcome.state === 'failed' &&
  outcome.error instanceof ApiError &&
  outcome.error.code === 'inference.context_exceeded';

/** It ended by a limit that was not ours: the context was full. */
const endedEarly = (outcome: Outcome, maxTokens: number | undefined): boolean =>
  outcome.state === 'done' &&
  outcome.finishReason === 'length' &&
  (outcome.timing.tokens ?? 0) < (maxTokens ?? Number.POSITIVE_INFINITY);
