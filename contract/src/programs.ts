import { z } from 'zod';
import { Sha256 } from './values.ts';

/** A text in the product's languages; `en` is shown where another is missing. */
export const LocalText = z.object({ en: z.string(), ru: z.string().optional(), zh: z.string().optional() });
export type LocalText = z.infer<typeof LocalText>;

/**
 * What runs a program: Python with packages of its own (pip requirement lines; a virtual environment is made on first
 * use), the Node this product runs on, or the file itself. `optional` packages are left out, with a line in the log,
 * where they cannot be had or are too large.
 */
export const Runtime = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('python'),
    requirements: z.array(z.string().min(1).max(200)).max(50).default([]),
    optional: z.array(z.string().min(1).max(200)).max(50).optional(),
  }),
  z.object({ type: z.literal('node') }),
  z.object({ type: z.literal('executable') }),
]);
export type Runtime = z.infer<typeof Runtime>;

/** One option of a program: `--name value` for a script, a field of `options` for a recipe. */
export const ProgramOption = z
  .object({
    name: z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/),
    type: z.enum(['string', 'integer', 'number', 'boolean', 'choice']),
    choices: z.array(z.string().max(100)).max(100).optional(),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    required: z.boolean().default(false),
    description: LocalText.optional(),
  })
  .meta({ id: 'ProgramOption' });
export type ProgramOption = z.infer<typeof ProgramOption>;

/** A folder of code as it travels with a job: its files by digest; `digest` names the whole. */
export const CodeBundle = z.object({
  /** SHA-256 of the lines `<sha256>  <path>\n`, sorted by path. */
  digest: Sha256,
  files: z
    .array(z.object({ path: z.string().max(300), sha256: Sha256, sizeBytes: z.number().int().nonnegative() }))
    .max(1000),
});
export type CodeBundle = z.infer<typeof CodeBundle>;
