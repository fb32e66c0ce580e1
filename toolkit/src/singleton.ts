/**
 * Turns a constructor call into a `getX()` of document 004: made at the first call, the same ever after.
 * The arguments of the first call count; later ones are ignored.
 */
export function singleton<Args extends unknown[], T>(make: (...args: Args) => T): (...args: Args) => T {
  let made: { tool: T } | undefined;
  return (...args) => {
    made ??= { tool: make(...args) };
    return made.tool;
  };
}
