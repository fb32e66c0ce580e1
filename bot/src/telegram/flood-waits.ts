import { sleep } from '@hearth/toolkit/reliability';
import type { Transformer } from 'grammy';
import type { Log } from '../log.ts';
import type { ChatPace } from './chat-pace.ts';

const ATTEMPTS = 5;
/** A longer rest is a failure: nobody waits for an answer that long. */
const LONGEST_S = 60;

const chatOf = (payload: object): number | undefined =>
  'chat_id' in payload && typeof payload.chat_id === 'number' ? payload.chat_id : undefined;

const isWriting = (method: string) => /^(send|edit)/.test(method) && method !== 'sendChatAction';

/** Does again, after the rest Telegram asks for, what it refused with 429. */
export const waitOutFloods =
  (pace: ChatPace, stopping: AbortSignal, log: Log): Transformer =>
  async (previous, method, payload, signal) => {
    const chatId = chatOf(payload);
    for (let attempt = 1; ; attempt++) {
      if (chatId !== undefined && isWriting(method)) pace.spend(chatId);
      const answer = await previous(method, payload, signal);
      const seconds =
        answer.ok || answer.error_code !== 429 ? undefined : (answer.parameters?.retry_after ?? 1);
      if (seconds === undefined || attempt === ATTEMPTS || seconds > LONGEST_S) return answer;
      if (stopping.aborted) return answer;
      log.warn({ method, seconds }, 'Telegram asks to wait.');
      if (chatId !== undefined) pace.hold(chatId, seconds);
      await sleep(seconds * 1000, { signal: stopping }).catch(() => undefined);
    }
  };
