import { GrammyError, HttpError } from 'grammy';

/** Seconds Telegram asks to wait, where it does. */
export function floodWaitSeconds(error: unknown): number | undefined {
  if (!(error instanceof GrammyError) || error.error_code !== 429) return undefined;
  return error.parameters.retry_after ?? 1;
}

const says = (error: unknown, text: string) =>
  error instanceof GrammyError && error.error_code === 400 && error.description.includes(text);

/** The message reads so already: what was wanted is so. */
export const isUnchanged = (error: unknown): boolean => says(error, 'message is not modified');

/** A press of a button that waited too long for its answer. */
export const isOutdated = (error: unknown): boolean => says(error, 'query is too old');

/** Somebody deleted the message, or it is too old to be edited. */
export const isMessageGone = (error: unknown): boolean =>
  says(error, 'message to edit not found') || says(error, "message can't be edited");

/** The person has blocked the bot or deleted their account: nothing will ever arrive. */
export const isChatGone = (error: unknown): boolean =>
  (error instanceof GrammyError && error.error_code === 403) || says(error, 'chat not found');

/** Telegram was out of reach, or has trouble of its own. */
export const isTelegramAway = (error: unknown): boolean =>
  error instanceof HttpError || (error instanceof GrammyError && error.error_code >= 500);
