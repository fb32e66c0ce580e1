import { defineStore } from 'pinia';
import { ref } from 'vue';

/** What a notice offers to do about it. */
interface ToastAction {
  label: string;
  run: () => void;
}
interface Toast {
  id: number;
  tone: 'good' | 'bad' | 'info';
  text: string;
  action?: ToastAction;
}
const shownMs = 5000;

/** Short notices at the edge of the page: `toasts.good(text)`, `toasts.bad(text)`. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let next = 1;
  const dismiss = (id: number): void => {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  };
  function show(tone: Toast['tone'], text: string, action?: ToastAction): void {
    const id = next++;
    toasts.value = [...toasts.value.slice(-3), { id, tone, text, action }];
    setTimeout(() => dismiss(id), tone === 'bad' || action ? shownMs * 2 : shownMs);
  }
  return {
    toasts,
    dismiss,
    good: (text: string) => show('good', text),
    bad: (text: string) => show('bad', text),
    info: (text: string, action?: ToastAction) => show('info', text, action),
  };
});
