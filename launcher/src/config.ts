import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The launcher's own settings; the server and the agent read theirs. */
const Environment = z
  .object({
    HEARTH_HOME: z.string().default(join(homedir(), '.hearth')),
    DATABASE_URL: z.string().optional(),
    API_HOST: z.string().default('0.0.0.0'),
  })
  .transform((env) => ({
    home: resolve(env.HEARTH_HOME),
    databaseUrl: env.DATABASE_URL,
    host: env.API_HOST,
  }));

export type Config = z.output<typeof Environment>;

/** `DATABASE_URL=` in a file means "not set". */
export const readConfig = (env: NodeJS.ProcessEnv): Config =>
  Environment.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
