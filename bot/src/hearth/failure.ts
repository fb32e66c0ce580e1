import { ApiError, type Failure, isParticular } from '@hearth/contract';
import { z } from 'zod';
import { fieldProblem } from './field-problem.ts';
import { sentenceOf, sentences } from './sentences.ts';

const Fields = z.object({ fields: z.array(z.object({ path: z.string(), message: z.string() })).min(1) });

/** Where there are fields, their names say most. */
function whatToMend({ code, details }: ApiError): string {
  const given = Fields.safeParse(details);
  if (!given.success) return sentenceOf(code) ?? sentences['request.invalid'];
  return given.data.fields
    .map(({ path, message }) => `${path.replace(/^(body|query|params)\./, '')} (${fieldProblem(message)})`)
    .join('; ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const prefixes: Partial<Record<number, string>> = { 404: 'Не найдено', 409: 'Сейчас это невозможно' };

/** For one refusal of the server, by its status. */
function ofStatus(error: ApiError): string {
  const { status, code } = error;
  if (status === 0) return 'Не удалось подключиться к API серверу';
  if (status === 400 || status === 422) return `Неверные параметры: ${whatToMend(error)}`;
  if (status === 401) return 'Ошибка аутентификации: неверный API ключ';
  if (status === 403) return 'Недостаточно прав: этому API ключу такое действие не разрешено';
  const sentence = sentenceOf(code);
  const prefix = prefixes[status];
  if (prefix) return `${prefix}: ${sentence ?? `API сервер ответил кодом ${status}`}`;
  if (sentence && code !== 'internal') return capital(sentence);
  return status >= 500
    ? `Ошибка на стороне API сервера (код ${status})`
    : `API сервер отказал (код ${status})`;
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError';

/** A failure as one Russian sentence, without a full stop. */
export function describeFailure(error: unknown): string {
  if (error instanceof ApiError) return ofStatus(error);
  if (isTimeout(error)) return 'Превышено время ожидания';
  if (error instanceof z.ZodError)
    return 'API сервер ответил непонятно: возможно, его версия и версия бота разные';
  return 'Внутренняя ошибка бота: подробности в его журнале';
}

/** Why a job failed: a Russian sentence, and the machine's own words where they say more. */
export function reasonOfFailure({ code, message, details }: Failure): { sentence: string; words?: string } {
  const cause = typeof details.cause === 'string' ? sentenceOf(details.cause) : undefined;
  const sentence = cause ? `${sentences[code]}: ${cause}` : sentences[code];
  return isParticular(code) ? { sentence, words: message } : { sentence };
}

/** One that may be gone in a moment: worth asking once more. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 503);

export const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** One that the bot has a sentence for; all else is a fault of its own. */
export const isExpected = (error: unknown): boolean => error instanceof ApiError || isTimeout(error);
