import { z } from 'zod';
import { LocalText, ProgramOption, Runtime } from './programs.ts';

/** File name of a script, as people type it: `data_collector.py`. */
export const ScriptName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dot, dash and underscore; at most 100')
  .refine((name) => !name.includes('..'), 'no double dots');

/** One script of a manifest. Paths are relative to the manifest's folder. */
export const ScriptManifestEntry = z
  .object({
    name: ScriptName,
    /** File to run; default: the name. */
    entry: z.string().max(200).optional(),
    title: LocalText.optional(),
    description: LocalText.optional(),
    runtime: Runtime,
    /** Options it takes; an argument that none of them covers is refused. Absent: any arguments. */
    options: z.array(ProgramOption).max(50).optional(),
    /** Ways to run it; the chosen one travels in an environment variable, or as the first argument. */
    modes: z
      .object({
        values: z
          .array(z.string().regex(/^[a-z][a-z0-9_-]{0,29}$/))
          .min(1)
          .max(20),
        default: z.string(),
        via: z.union([z.object({ env: z.string().regex(/^[A-Z][A-Z0-9_]{0,60}$/) }), z.literal('argument')]),
      })
      .optional(),
    environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,60}$/), z.string().max(1000)).default({}),
    /** Seconds. */
    timeout: z
      .object({
        min: z.number().int().min(1).default(1),
        max: z.number().int().max(86_400).default(3600),
        default: z.number().int().nullable().default(null),
      })
      .default({ min: 1, max: 3600, default: null }),
    /** Folder it runs in, below the manifest's; default that folder itself. */
    working_directory: z.string().max(200).default('.'),
  })
  .strict()
  .meta({ id: 'ScriptManifestEntry' });
export type ScriptManifestEntry = z.infer<typeof ScriptManifestEntry>;
export const ScriptManifest = z.object({ scripts: z.array(ScriptManifestEntry).max(200) }).strict();
export type ScriptManifest = z.infer<typeof ScriptManifest>;
