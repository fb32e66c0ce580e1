import { computed, type Ref, ref } from 'vue';
import type { Sampling } from './sampling.ts';
import { type Timing, useWriting } from './use-writing.ts';

export interface ChatEntry {
  id: number;
  role: 'user' | 'assistant';
  text: string;
  state: 'writing' | 'done' | 'cut-short' | 'stopped' | 'failed';
  error?: unknown;
  timing?: Timing;
}

/** A conversation with a deployment that chats. It lives as long as the page. */
export function useChat(model: () => string | undefined, sampling: Ref<Sampling>) {
  const entries = ref<ChatEntry[]>([]);
  const { busy, write, stop } = useWriting();
  let nextId = 1;

  function add(role: ChatEntry['role'], text: string, state: ChatEntry['state']): ChatEntry {
    entries.value.push({ id: nextId++, role, text, state });
    return entries.value[entries.value.length - 1] as ChatEntry;
  }
  function history() {
    const { system } = sampling.value;
    const said = entries.value
      .filter(({ text }) => text !== '')
      .map(({ role, text }) => ({ role, content: text }));
    return system.trim() ? [{ role: 'system' as const, content: system }, ...said] : said;
  }
  async function reply(): Promise<void> {
    const name = model();
    if (!name) return;
    const messages = history();
    const entry = add('assistant', '', 'writing');
    const { temperature, maxTokens: max_tokens } = sampling.value;
    const outcome = await write(
      { kind: 'chat', body: { model: name, messages, temperature, max_tokens } },
      (text) => {
        entry.text += text;
      },
    );
    entry.timing = outcome.timing;
    entry.state = outcome.state === 'done' && outcome.finishReason === 'length' ? 'cut-short' : outcome.state;
    if (outcome.state === 'failed') entry.error = outcome.error;
  }
  async function send(text: string): Promise<void> {
    if (busy.value || text.trim() === '') return;
    add('user', text, 'done');
    await reply();
  }
  /** Has the last reply written anew. */
  async function retry(): Promise<void> {
    if (busy.value) return;
    if (entries.value[entries.value.length - 1]?.role === 'assistant') entries.value.pop();
    await reply();
  }
  /** Takes the last message back, with its reply, to be edited. */
  function takeBack(): string {
    const at = entries.value.map(({ role }) => role).lastIndexOf('user');
    const text = entries.value[at]?.text ?? '';
    if (at >= 0) entries.value = entries.value.slice(0, at);
    return text;
  }
  function clear(): void {
    stop();
    entries.value = [];
  }
  const isEmpty = computed(() => entries.value.length === 0);
  return { entries, busy, isEmpty, send, stop, retry, takeBack, clear };
}
