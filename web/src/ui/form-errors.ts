import { ApiError } from '@hearth/contract';
import { z } from 'zod';

const Fields = z.array(z.object({ path: z.string(), message: z.string() }));
type Named = Record<string, string | number>;

/** The catalogue key that says what a schema found wrong. */
export function issueKey(issue: z.core.$ZodIssue, value: unknown): [key: string, named: Named] {
  if (value === undefined || value === '') return ['form.required', {}];
  switch (issue.code) {
    case 'too_small':
      if (issue.origin !== 'string') return ['form.atLeast', { min: Number(issue.minimum) }];
      return Number(issue.minimum) <= 1
        ? ['form.required', {}]
        : ['form.tooShort', { min: Number(issue.minimum) }];
    case 'too_big':
      return [issue.origin === 'string' ? 'form.tooLong' : 'form.atMost', { max: Number(issue.maximum) }];
    case 'invalid_format':
      if (issue.format === 'email') return ['form.email', {}];
      return [
        issue.format === 'url'
          ? 'form.url'
          : issue.message.startsWith('letters')
            ? 'form.name'
            : 'form.invalid',
        {},
      ];
    case 'custom':
      return [issue.message.includes('72') ? 'form.passwordBytes' : 'form.invalid', {}];
    default:
      return ['form.invalid', {}];
  }
}

/** What the server found wrong, field by field: its `details.fields`, with `body.` taken off the paths. */
export function serverFields(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || error.code !== 'request.invalid') return {};
  const fields = Fields.safeParse(error.details.fields);
  if (!fields.success) return {};
  return Object.fromEntries(fields.data.map(({ path, message }) => [path.replace(/^body\.?/, ''), message]));
}
