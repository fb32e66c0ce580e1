import type { JobContext } from '../job-context.ts';

/** A file that a source has brought onto this machine. */
export interface PulledFile {
  path: string;
  /** Its name at the source. */
  name: string;
  /** The digest the source vouches for, if it does. */
  sha256?: string;
  /** What else is known of where it came from; kept with the model. */
  details: Record<string, unknown>;
  /** True for a file that is not ours to move or remove. */
  isForeign?: boolean;
}

/** Brings the file that `address` (what follows the scheme) means. */
export type PullSource = (address: string, context: JobContext) => Promise<PulledFile>;
