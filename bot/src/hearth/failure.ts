import { ApiError, type ErrorCode } from '@hearth/contract';
import { z } from 'zod';

/** What was not there, by code. */
const missing: Partial<Record<ErrorCode, string>> = {
  'training.not_found': 'такого обучения нет',
  'training.not_queued': 'этого обучения нет в очереди',
  'dataset.not_found': 'такого датасета нет',
  'model.not_found': 'такой модели нет',
  'deployment.not_found': 'такая модель не развёрнута',
  'route.not_found': 'API сервер не знает этого запроса; возможно, его версия старше версии бота',
};

/** What stands in the way, by code. */
const conflicts: Partial<Record<ErrorCode, string>> = {
  'training.not_active': 'это обучение уже закончилось',
  'training.not_resumable': 'это обучение нельзя продолжить',
  'deployment.not_ready': 'модель ещё загружается или недоступна, попробуйте чуть позже',
  'node.offline': 'машина не на связи',
};

const badInput: Partial<Record<ErrorCode, string>> = {
  'training.unknown_architecture': 'такой архитектуры нет',
  'training.unsuited': 'настройки не подходят к этим данным',
  'training.option_refused': 'настройка архитектуры не принята',
  'inference.context_exceeded': 'разговор длиннее, чем помещается в модель; начните новый: /new',
  'deployment.unsuited': 'эта модель не умеет разговаривать',
};

const Fields = z.object({ fields: z.array(z.object({ path: z.string(), message: z.string() })).min(1) });

/** Where there are fields, their names say most. */
function whatToMend({ code, details, message }: ApiError): string {
  const known = badInput[code as ErrorCode];
  if (known) return code.startsWith('training.') ? `${known} (${message})` : known;
  const given = Fields.safeParse(details);
  if (!given.success) return message;
  return given.data.fields
    .map((f) => `${f.path.replace(/^(body|query|params)\./, '')} (${f.message})`)
    .join('; ');
}

/** For one refusal of the server, by its status. */
function ofStatus(error: ApiError): string {
  const { status, code, message } = error;
  if (status === 0) return 'Не удалось подключиться к API серверу';
  if (status === 400 || status === 422) return `Неверные параметры: ${whatToMend(error)}`;
  if (status === 401) return 'Ошибка аутентификации: неверный API ключ';
  if (status === 403) return 'Недостаточно прав: этому API ключу такое действие не разрешено';
  if (status === 404) return `Не найдено: ${missing[code as ErrorCode] ?? message}`;
  if (status === 409) return `Сейчас это невозможно: ${conflicts[code as ErrorCode] ?? message}`;
  if (code === 'inference.busy') return 'Модель занята: подождите немного и спросите ещё раз';
  if (status === 429) return 'Слишком много запросов к API серверу: подождите немного и попробуйте ещё раз';
  if (status === 507) return 'На сервере закончилось место на диске';
  if (status === 503) return 'API сервер временно недоступен: попробуйте чуть позже';
  if (code === 'inference.failed') return `Модель не смогла ответить: ${message}`;
  if (status >= 500) return `Ошибка на стороне API сервера (код ${status})`;
  return `API сервер отказал (код ${status}): ${message}`;
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

/** One that may be gone in a moment: worth asking once more. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 503);

export const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** One that the bot has a sentence for; all else is a fault of its own. */
export const isExpected = (error: unknown): boolean => error instanceof ApiError || isTimeout(error);
