/**
 * Node reads the package.json of a file's package for every file it imports, and drizzle-orm's has 179 kB: for its
 * 130 files that took 0.9 s and 130 MB of garbage at every start. Its files are told to be modules instead.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL } = context;
    if (!specifier.startsWith('.') || !parentURL?.includes('/node_modules/drizzle-orm/'))
      return nextResolve(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
  },
});
