import { ApiError } from '@hearth/contract';
import { useI18n } from 'vue-i18n';
import { useErrorText } from '../../ui/use-error-text.ts';

/** Why nothing (more) was written; a stream that broke off is told apart from a server out of reach. */
export function useFailureText(): (error: unknown) => string {
  const { t } = useI18n();
  const errorText = useErrorText();
  return (error) =>
    error instanceof ApiError && error.code === 'playground.cut' ? t('playground.cut') : errorText(error);
}
