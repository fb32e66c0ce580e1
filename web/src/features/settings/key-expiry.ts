const dayMs = 86_400_000;

/** When a key of so many days ends; 0 days is never. */
export const expiryAt = (days: number, nowMs: number): string | null =>
  days === 0 ? null : new Date(nowMs + days * dayMs).toISOString();
