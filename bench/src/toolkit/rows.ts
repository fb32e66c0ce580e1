import { rows as breaker } from './breaker.rows.ts';
import { rows as cache } from './cache.rows.ts';
import { close, rows as pool } from './pool.rows.ts';

/** The toolkit beside the libraries under it and their rivals. */
export const start = async () => ({ rows: [...breaker, ...cache, ...pool], close });
