import type { LiveMessage, LiveTopic } from '@hearth/contract';
import { type MaybeRefOrGetter, onScopeDispose, type Ref, ref, toValue, watch } from 'vue';
import { useApi } from './api.ts';
import type { LiveState } from './live.ts';

/**
 * Follows a topic while the component lives. `onReady` runs once the topic is subscribed and again after every
 * reconnect: load (or reload) the state there. A topic of `undefined` follows nothing.
 */
export function useLive(
  topic: MaybeRefOrGetter<LiveTopic | undefined>,
  onMessage: (message: LiveMessage) => void,
  onReady?: () => void,
): void {
  const { live } = useApi();
  let leave: (() => void) | undefined;
  watch(
    () => toValue(topic),
    (wanted) => {
      leave?.();
      leave = wanted && live.subscribe(wanted, { onMessage, onReady });
    },
    { immediate: true },
  );
  onScopeDispose(() => leave?.());
}

/** The live connection's state, and hurrying it when the network or the person is back. Used once, by the shell. */
export function useLiveState(): Ref<LiveState> {
  const { live } = useApi();
  const state = ref<LiveState>('idle');
  live.onState((next) => {
    state.value = next;
  });
  const hurry = (): void => {
    if (document.visibilityState === 'visible') live.hurry();
  };
  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  onScopeDispose(() => {
    window.removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', hurry);
  });
  return state;
}
