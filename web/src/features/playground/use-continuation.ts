import { computed, type Ref, ref } from 'vue';
import type { Sampling } from './sampling.ts';
import { type Outcome, useWriting } from './use-writing.ts';
import { piecesOf, type Range, rangesAfterEdit } from './written-ranges.ts';

/** A text that a person and a base model write together. It lives as long as the page. */
export function useContinuation(model: () => string | undefined, sampling: Ref<Sampling>) {
  const content = ref('');
  const ranges = ref<Range[]>([]);
  const outcome = ref<Outcome>();
  /** Where the last continuation began, to write it anew. */
  const lastStart = ref<number>();
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
    const prompt = content.value;
    const mark: Range = { start: prompt.length, end: prompt.length };
    outcome.value = undefined;
    lastStart.value = prompt.length;
    ranges.value = [...ranges.value, mark];
    const at = ranges.value.length - 1;
    const { temperature, maxTokens: max_tokens } = sampling.value;
    outcome.value = await write(
      { kind: 'continue', body: { model: name, prompt, temperature, max_tokens } },
      (more) => {
        content.value += more;
        ranges.value[at] = { start: prompt.length, end: content.value.length };
      },
    );
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
  }
  const pieces = computed(() => piecesOf(content.value, ranges.value));
  return {
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
export type Continuation = ReturnType<typeof useContinuation>;
