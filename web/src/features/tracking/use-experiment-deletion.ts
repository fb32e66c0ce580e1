import { type Experiment, trackingRoutes } from '@hearth/contract';
import { useI18n } from 'vue-i18n';
import { useApi } from '../../api/api.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useToasts } from '../../ui/use-toasts.ts';

/** Deletes an experiment with a notice that takes it back; `changed` is told of both. */
export function useExperimentDeletion(changed: (experiment: Experiment) => unknown) {
  const { t } = useI18n();
  const { call } = useApi();
  const toasts = useToasts();
  const errorText = useErrorText();
  async function restore({ experiment_id }: Experiment): Promise<void> {
    try {
      const restored = await call(trackingRoutes.restoreExperiment, { params: { experiment_id } });
      toasts.good(t('tracking.restored', { name: restored.name }));
      changed(restored);
    } catch (error) {
      toasts.bad(errorText(error));
    }
  }
  async function remove(experiment: Experiment): Promise<void> {
    const { experiment_id, name } = experiment;
    await call(trackingRoutes.deleteExperiment, { params: { experiment_id } });
    toasts.info(t('tracking.deleted', { name }), {
      label: t('tracking.undo'),
      run: () => void restore(experiment),
    });
    changed({ ...experiment, lifecycle: 'deleted' });
  }
  return { remove, restore };
}
