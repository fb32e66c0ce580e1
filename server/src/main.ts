import { flushCompileCache } from 'node:module';
import './platform/quick-imports.ts';

// Only now: imports written as such would all be resolved before the line above runs.
await import('./serve.ts');
// Kept at once: a server that is killed leaves no cache behind.
flushCompileCache();
