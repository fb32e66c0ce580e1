import type { z } from 'zod';

/**
 * The same schema, which takes a value as it is where `isOrdinary` says that it is one of those that the schema would
 * not change: for what comes by the million. Everything else, and every error, is the schema's own.
 */
export function quick<T extends z.ZodType>(schema: T, isOrdinary: (given: unknown) => boolean): T {
  const { run } = schema._zod;
  schema._zod.run = (payload, context) => (isOrdinary(payload.value) ? payload : run(payload, context));
  return schema;
}
