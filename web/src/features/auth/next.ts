/** Only paths of our own: `//elsewhere` would leave the site. */
export const nextOf = (next: unknown): string =>
  typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
