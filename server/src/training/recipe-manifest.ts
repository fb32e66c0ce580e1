import { type Architecture, DatasetFormat, LocalText, ProgramOption, Runtime } from '@hearth/contract';
import { z } from 'zod';

const path = z
  .string()
  .max(200)
  .regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'is no path below the recipe’s folder');

/** `recipe.json`: what a recipe needs and offers. Paths are relative to its folder. */
const RecipeManifest = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'lower case letters, digits and dashes; at most 50'),
    description: LocalText,
    data: z.enum(['tabular', 'text', 'images']),
    formats: z.array(DatasetFormat).min(1),
    entry: path,
    /** Folders beside the recipe's own that its code comes with. */
    include: z.array(path).max(10).default([]),
    runtime: Runtime,
    environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,60}$/), z.string().max(1000)).default({}),
    options: z.array(ProgramOption).max(50).default([]),
    defaults: z
      .object({
        learning_rate: z.number().min(0.0001).max(1).default(0.001),
        batch_size: z.number().int().min(1).max(256).default(32),
        epochs: z.number().int().min(1).max(1000).default(10),
        optimizer: z.enum(['adam', 'sgd', 'rmsprop', 'adamw']).default('adam'),
        loss_function: z.enum(['cross_entropy', 'mse', 'mae', 'bce']).default('cross_entropy'),
      })
      .prefault({}),
    supports: z
      .object({
        resume: z.boolean().default(false),
        gpus: z.boolean().default(false),
        nodes: z.boolean().default(false),
      })
      .prefault({}),
  })
  .strict();
export type RecipeManifest = z.infer<typeof RecipeManifest>;

/** Reads a manifest's text; a string says what is wrong with it. */
export function readRecipe(text: string, folderName: string): RecipeManifest | string {
  const parsed = RecipeManifest.safeParse(asJson(text));
  if (!parsed.success) {
    const { path: where, message } = parsed.error.issues[0]!;
    return where.length === 0 ? `recipe.json: ${message}.` : `recipe.json: ${where.join('.')}: ${message}.`;
  }
  return contradiction(parsed.data, folderName) ?? parsed.data;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the schema cannot see. */
function contradiction({ name, options }: RecipeManifest, folderName: string): string | undefined {
  if (name !== folderName) return `recipe.json: name is ${name}, but its folder is called ${folderName}.`;
  const names = options.map((option) => option.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice) return `recipe.json: options: ${twice} stands there twice.`;
  const empty = options.find(({ type, choices }) => type === 'choice' && !choices?.length);
  return empty && `recipe.json: options: ${empty.name} is a choice without choices.`;
}

/** A recipe as people see it. */
export const asArchitecture = (
  recipe: RecipeManifest,
  origin: Architecture['origin'],
  problem: string | null,
): Architecture => ({
  name: recipe.name,
  data: recipe.data,
  formats: recipe.formats,
  description: recipe.description.en,
  descriptions: recipe.description,
  origin,
  options: recipe.options,
  supports: recipe.supports,
  requirements: recipe.runtime.type === 'python' ? recipe.runtime.requirements : [],
  problem,
  defaults: recipe.defaults,
});

/** One whose manifest cannot be read, so that people see why it is missing. */
export const brokenArchitecture = (
  name: string,
  origin: Architecture['origin'],
  problem: string,
): Architecture => ({
  name,
  data: 'tabular',
  description: problem,
  origin,
  options: [],
  supports: { resume: false, gpus: false, nodes: false },
  requirements: [],
  problem,
  defaults: {
    learning_rate: 0.001,
    batch_size: 32,
    epochs: 10,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
});
