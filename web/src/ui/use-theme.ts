import { computed, ref, watchEffect } from 'vue';
import { remember, remembered } from './remember.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
const isChoice = (value: string | null): value is ThemeChoice =>
  value === 'system' || value === 'light' || value === 'dark';
const saved = remembered('theme');
const choice = ref<ThemeChoice>(isChoice(saved) ? saved : 'system');
const system = window.matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(system.matches);
system.addEventListener('change', (event) => {
  systemIsDark.value = event.matches;
});
const resolved = computed<'light' | 'dark'>(() =>
  choice.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : choice.value,
);
watchEffect(() => {
  document.documentElement.dataset.theme = resolved.value;
});

/** The theme: what was chosen, what that means now, and choosing. */
export function useTheme() {
  function choose(next: ThemeChoice): void {
    choice.value = next;
    remember('theme', next);
  }
  return { choice, resolved, choose };
}
