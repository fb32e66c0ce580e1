declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';
  export interface RollingStream extends EventEmitter {
    write(line: string): boolean;
    flush(done: (error?: Error | null) => void): void;
    end(): void;
  }
  export default function open(options: {
    file: string;
    size: string;
    /** Above 0: only then does `flush` wait for the disk. */
    minLength: number;
    mkdir: boolean;
    limit: { count: number; removeOtherLogFiles: boolean };
  }): Promise<RollingStream>;
}
