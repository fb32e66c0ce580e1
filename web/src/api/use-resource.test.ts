import { flushPromises } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { effectScope, ref } from 'vue';
import { useAction } from './use-action.ts';
import { useResource } from './use-resource.ts';

test('the newest load wins, whatever order the answers come in', async () => {
  const waiting: ((value: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const resource = useResource((signal) => {
    signals.push(signal);
    return new Promise<string>((resolve) => waiting.push(resolve));
  });
  await Promise.resolve();
  void resource.reload();
  waiting[1]?.('new');
  await flushPromises();
  waiting[0]?.('old');
  await flushPromises();
  expect(resource.data.value).toBe('new');
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
});

test('keeps what it has through a failure, forgets it when the question changes', async () => {
  let answer: () => Promise<string> = async () => 'first';
  const source = ref(1);
  const scope = effectScope();
  const resource = scope.run(() => useResource(() => answer(), [source]))!;
  await flushPromises();
  answer = async () => {
    throw new Error('no');
  };
  await resource.reload();
  expect(resource.data.value).toBe('first');
  expect(resource.error.value).toBeInstanceOf(Error);
  source.value = 2;
  await flushPromises();
  expect(resource.data.value).toBeUndefined();
  scope.stop();
});

test('an action runs once at a time and keeps its failure', async () => {
  let finish: (() => void) | undefined;
  let runs = 0;
  const { run, busy, error } = useAction(async (fails: boolean) => {
    runs += 1;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    if (fails) throw new Error('refused');
  });
  const first = run(true);
  expect(await run(false)).toBe(false);
  expect(busy.value).toBe(true);
  finish?.();
  expect(await first).toBe(false);
  expect([runs, busy.value]).toEqual([1, false]);
  expect(error.value).toBeInstanceOf(Error);
});

test('asked twice in one go, it loads once', async () => {
  let loads = 0;
  const resource = useResource(async () => ++loads);
  void resource.reload();
  await flushPromises();
  expect(loads).toBe(1);
});
