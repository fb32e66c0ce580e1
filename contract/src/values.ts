import { z } from 'zod';

/** UTC, ISO 8601, milliseconds and `Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });
/** Name of a model, dataset or deployment; becomes part of a path, so no separators and no leading dot. */
export const ResourceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dot, dash and underscore; at most 100')
  .refine((name) => !name.includes('..'), 'no double dots');
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const SessionId = z.string().regex(/^sess_[0-9a-f]{12}$/);
export const Uuid = z.uuid();
/** A tracked run's id: 32 hex digits, as MLflow's are. */
export const RunId = z.string().regex(/^[0-9a-f]{32}$/);
export const Language = z.enum(['ru', 'en', 'zh']);
export type Language = z.infer<typeof Language>;
/** The short answer of an action. */
export const Message = z.object({ message: z.string() }).meta({ id: 'Message' });
/** A bounded page: at most 200 rows, 50 by default; `cursor` continues where the last page ended. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
