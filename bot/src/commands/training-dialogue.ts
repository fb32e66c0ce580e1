import type { Architecture, Dataset, TrainingConfig } from '@hearth/contract';
import { z } from 'zod';

/** How a run is to be trained, but for its data and its length. */
const Plan = z.object({
  architecture: z.string(),
  learning_rate: z.number(),
  batch_size: z.number(),
  epochs: z.number(),
  optimizer: z.string(),
  loss_function: z.string(),
});
export type Plan = z.infer<typeof Plan>;

const Data = z.object({ name: z.string(), format: z.string() });
/** `id` tells the buttons of this dialogue from those of earlier ones. */
const id = z.string();

/** Where a person stands on the way to a new run. */
export const Dialogue = z.discriminatedUnion('step', [
  /** `search`: a part of the name that was written. */
  z.object({
    step: z.literal('dataset'),
    id,
    datasets: z.array(Data),
    page: z.number(),
    search: z.string().optional(),
  }),
  z.object({ step: z.literal('architecture'), id, dataset: z.string(), plans: z.array(Plan) }),
  z.object({ step: z.literal('epochs'), id, dataset: z.string(), plan: Plan }),
  z.object({ step: z.literal('confirm'), id, dataset: z.string(), plan: Plan, epochs: z.number() }),
]);
export type Dialogue = z.infer<typeof Dialogue>;
export type At<Step extends Dialogue['step']> = Extract<Dialogue, { step: Step }>;

export const MOST_EPOCHS = 200;

const dataOf: Record<string, Architecture['data']> = {
  csv: 'tabular',
  json: 'tabular',
  jsonl: 'tabular',
  text: 'text',
  zip: 'images',
};

export const isTrainable = ({ format }: Pick<Dataset, 'format'>): boolean => format in dataOf;

/** What can learn from data of this format, as the server recommends it. */
export function plansFor(format: string, architectures: Architecture[]): Plan[] {
  return architectures
    .filter(({ data, problem }) => data === dataOf[format] && !problem)
    .map(({ name, defaults }) => ({ architecture: name, ...defaults }));
}

/** Data sets whose name has what was written in it, each with its place among all. */
export const foundDatasets = ({ datasets, search = '' }: At<'dataset'>): { name: string; index: number }[] =>
  datasets
    .map(({ name }, index) => ({ name, index }))
    .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));

export function chooseDataset(
  dialogue: At<'dataset'>,
  index: number,
  architectures: Architecture[],
): Dialogue | undefined {
  const chosen = dialogue.datasets[index];
  if (!chosen) return undefined;
  const plans = plansFor(chosen.format, architectures);
  const [only] = plans;
  if (!only) return undefined;
  const common = { id: dialogue.id, dataset: chosen.name };
  // One way to learn is no choice.
  if (plans.length === 1) return { step: 'epochs', ...common, plan: only };
  return { step: 'architecture', ...common, plans };
}

export function choosePlan({ id, dataset, plans }: At<'architecture'>, index: number): Dialogue | undefined {
  const plan = plans[index];
  return plan && { step: 'epochs', id, dataset, plan };
}

/** A whole number from 1 to 200, or undefined for anything else. */
export function parseEpochs(text: string): number | undefined {
  const epochs = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0;
  return epochs >= 1 && epochs <= MOST_EPOCHS ? epochs : undefined;
}

export const chooseEpochs = ({ id, dataset, plan }: At<'epochs'>, epochs: number): Dialogue => ({
  step: 'confirm',
  id,
  dataset,
  plan,
  epochs,
});

/** As the server wants it. It checks what a recipe's manifest says as well. */
export const configOf = ({ dataset, plan, epochs }: At<'confirm'>): TrainingConfig => ({
  model_architecture: plan.architecture,
  dataset_name: dataset,
  learning_rate: plan.learning_rate,
  batch_size: plan.batch_size,
  epochs,
  optimizer: plan.optimizer as TrainingConfig['optimizer'],
  loss_function: plan.loss_function as TrainingConfig['loss_function'],
});
