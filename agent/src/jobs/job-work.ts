import type { Folders } from '../folders.ts';
import type { Assignment, JobDirectory } from './job-directory.ts';
import type { End, EndFacts, Kill } from './job-end.ts';
import type { StartOrder } from './start-order.ts';

/** What a kind of job starts, and how it becomes known what that did. */
export interface JobWork {
  /** What is to be started; may have to fetch and prepare first. */
  prepare(
    signal: AbortSignal,
  ): Promise<Pick<StartOrder, 'command' | 'folder' | 'environment' | 'stdout' | 'stderr'>>;
  /** It is about to begin. */
  begin(): void;
  /** Takes up where an agent before this one left off. */
  resume(): void;
  /** Tells what is new of it; true when there may be more at once. */
  collect(): boolean;
  /** Gives back to the disk what is not kept of what it wrote; so many bytes of that still lie there. */
  release(): number;
  /** No process of it is left: tells the rest, and how it ended. */
  end(facts: EndFacts): Promise<void>;
  /** Tells an end without a beginning. */
  fail(end: End): void;
  /** When all of its processes are to be killed, in milliseconds since 1970; undefined: never. */
  readonly deadline: number | undefined;
  /** Why it is to be killed at once. */
  readonly offence: Kill | undefined;
  close(): void;
}

export interface WorkOptions {
  assignment: Assignment;
  directory: JobDirectory;
  folders: Pick<Folders, 'cache' | 'code' | 'python'>;
  /** Something was told that may leave at once. */
  onTold: () => void;
}
