export const setupSteps = ['account', 'alerts', 'language'] as const;
export type SetupStep = (typeof setupSteps)[number];

/** The first step with a field that is wrong. A missing token belongs to the first. */
export function stepOfErrors(errors: Record<string, string>): SetupStep | undefined {
  const fields = Object.keys(errors);
  if (fields.some((field) => ['token', 'name', 'email', 'password'].includes(field))) return 'account';
  return fields.includes('alert_email') ? 'alerts' : undefined;
}

/** The one-time token travels in the fragment, which browsers never send to a server: `/setup#token=…`. */
export const tokenOfHash = (hash: string): string =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
