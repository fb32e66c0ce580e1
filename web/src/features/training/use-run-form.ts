import {
  type Architecture,
  registryRoutes,
  TrainingConfig,
  trainedModelName,
  trainingRoutes,
} from '@hearth/contract';
import { computed, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useApi } from '../../api/api.ts';
import { useResource } from '../../api/use-resource.ts';
import { issueKey } from '../../ui/form-errors.ts';
import { useForm } from '../../ui/use-form.ts';
import {
  dataKind,
  defaultTarget,
  guessTarget,
  lossesFor,
  type RunValues,
  stepsOf,
  suitedTo,
  withDefaults,
} from './run-form.ts';
import { useDatasetChoice } from './use-dataset-choice.ts';

const previewRows = 100;

/** The form of a new run with everything it offers to choose from; `started` is told the new run's id. */
export function useRunForm(initial: RunValues, started: (sessionId: string) => Promise<unknown>) {
  const { call } = useApi();
  const { t } = useI18n();
  const architectures = useResource((signal) => call(trainingRoutes.architectures, {}, { signal }));
  const form = useForm(TrainingConfig, initial, async (body) => {
    const { session_id } = await call(trainingRoutes.start, { body });
    await started(session_id);
  });
  const { values } = form;

  const datasets = useDatasetChoice(() => values.dataset_name, architectures.data);
  const dataset = datasets.chosen;
  const kind = computed(() => dataset.value && dataKind(dataset.value));
  const suited = computed(() =>
    dataset.value ? suitedTo(dataset.value, architectures.data.value ?? []) : [],
  );
  const architecture = computed(() => suited.value.find(({ name }) => name === values.model_architecture));
  const preview = useResource(
    async (signal) => {
      if (!values.dataset_name) return undefined;
      const params = { name: values.dataset_name };
      return call(registryRoutes.previewDataset, { params, query: { rows: previewRows } }, { signal });
    },
    [() => values.dataset_name],
  );
  const columns = computed(() => dataset.value?.columns ?? preview.data.value?.columns ?? []);
  const target = computed(() => values.target ?? defaultTarget(columns.value));
  const targetKind = computed(() => {
    const at = preview.data.value?.columns?.indexOf(target.value ?? '') ?? -1;
    return guessTarget(preview.data.value?.rows?.map((row) => row[at] ?? '') ?? []);
  });
  const losses = computed(() => lossesFor(kind.value ?? 'tabular', targetKind.value));

  const chooseArchitecture = (chosen: Architecture): void => {
    Object.assign(values, withDefaults(values, chosen));
  };
  watch(suited, ([first]) => {
    if (first && !architecture.value) chooseArchitecture(first);
  });
  watch(columns, (known) => {
    if (values.target && known.length > 0 && !known.includes(values.target)) values.target = undefined;
  });
  watch([losses, architecture], () => {
    const [first] = losses.value;
    if (first && !losses.value.some((loss) => loss === values.loss_function)) values.loss_function = first;
  });

  /** Fields start out valid, so a bad value is the person's own and is said at once; missing ones wait for the try. */
  const errors = computed(() => {
    const found: Record<string, string> = {};
    for (const [field, schema] of Object.entries(TrainingConfig.shape)) {
      const value = values[field as keyof RunValues];
      if (value === undefined || value === '') continue;
      const issue = schema.safeParse(value).error?.issues[0];
      if (issue) found[field] = t(...issueKey(issue, value));
    }
    return { ...form.errors.value, ...found };
  });
  return {
    ...form,
    errors,
    datasets,
    architectures,
    dataset,
    kind,
    suited,
    architecture,
    preview,
    columns,
    target,
    targetKind,
    losses,
    chooseArchitecture,
    steps: computed(() => dataset.value && stepsOf(values, dataset.value)),
    modelName: computed(() => (architecture.value && dataset.value ? trainedModelName(values) : undefined)),
  };
}
export type RunForm = ReturnType<typeof useRunForm>;
