import { ref } from 'vue';

/** Copies text; `copied` is true for two seconds after. The clipboard API is missing on plain HTTP, where the old way serves. */
export function useCopy() {
  const copied = ref(false);
  async function copy(text: string): Promise<void> {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyBySelection(text);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, 2000);
  }
  return { copy, copied };
}

function copyBySelection(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
