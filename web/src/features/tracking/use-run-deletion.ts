import { type TrackedRun, trackingRoutes } from '@hearth/contract';
import { useI18n } from 'vue-i18n';
import { useApi } from '../../api/api.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useToasts } from '../../ui/use-toasts.ts';

/** Deletes a tracked run with a notice that takes it back; `changed` is told of both. */
export function useRunDeletion(changed: () => unknown) {
  const { t } = useI18n();
  const { call } = useApi();
  const toasts = useToasts();
  const errorText = useErrorText();
  async function restore({ run_id, name }: TrackedRun): Promise<void> {
    try {
      await call(trackingRoutes.restoreRun, { params: { run_id } });
      toasts.good(t('tracking.restored', { name }));
      await changed();
    } catch (error) {
      toasts.bad(errorText(error));
    }
  }
  async function remove(run: TrackedRun): Promise<void> {
    await call(trackingRoutes.deleteRun, { params: { run_id: run.run_id } });
    toasts.info(t('tracking.deleted', { name: run.name }), {
      label: t('tracking.undo'),
      run: () => void restore(run),
    });
    await changed();
  }
  return { remove, restore };
}
