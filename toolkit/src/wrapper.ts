/**
 * A function that takes a function and gives one back. Called by hand it is a plain wrapper,
 * `const robust = retry()(flaky)`; written `@retry()` above a method it is a standard (TC39) decorator.
 */
export type AsyncWrapper = <This, Args extends unknown[], R>(
  fn: (this: This, ...args: Args) => Promise<R>,
  context?: ClassMethodDecoratorContext,
) => (this: This, ...args: Args) => Promise<R>;

/** As `AsyncWrapper`, for functions of any result: what was synchronous stays so. */
export type Wrapper = <This, Args extends unknown[], R>(
  fn: (this: This, ...args: Args) => R,
  context?: ClassMethodDecoratorContext,
) => (this: This, ...args: Args) => R;

/** True for the error of a wait or call that its own caller called off. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
