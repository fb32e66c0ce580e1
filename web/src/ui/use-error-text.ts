import { ApiError, type Failure, type Waiting } from '@hearth/contract';
import { useI18n } from 'vue-i18n';

/** A refusal in the reader's language by its code; the server's own words where the code is not ours (LLM back ends). */
export function useErrorText(): (error: unknown) => string {
  const { t, te } = useI18n();
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.unexpected');
    return te(`error.${error.code}`) ? t(`error.${error.code}`) : error.message;
  };
}

/** Why a job failed or waits, in the reader's language by its code and its details. */
export function useReasonText(): (reason: Failure | Waiting) => string {
  const { t, te } = useI18n();
  return ({ code, details }) => {
    const cause = 'cause' in details ? `error.${details.cause}` : '';
    return t(`error.${code}`, { ...details, cause: te(cause) ? t(cause, { cause: '' }) : '' }).trim();
  };
}
