import { z } from 'zod';

/** Something the house keeps running. */
export interface Resident {
  /** Resolves after `stop`; rejects when it was given up. */
  finished: Promise<void>;
  stop(): Promise<void>;
  /** Ends a stop under way at once. */
  hurry(): void;
}

/** What a program of ours sends over its IPC channel once it serves. */
const Ready = z.object({
  type: z.literal('ready'),
  url: z.url().optional(),
  setupUrl: z.url().optional(),
});
export type Ready = z.output<typeof Ready>;

export const parseReady = (message: unknown): Ready | undefined => Ready.safeParse(message).data;
