import { serveReal } from '../real-server.ts';

/** With a line a request, as the peers write one. */
await serveReal('debug');
