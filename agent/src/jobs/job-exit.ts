import { open } from 'node:fs/promises';
import { constants } from 'node:os';

/** How a process ended; undefined where nobody who could be told was there (its agent had died before it). */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Why a job's process that told no end must have ended, for the person whose job it was. */
export function describeExit(exit: Exit | undefined, lastWords: string): string {
  const said = lastWords.trim() === '' ? '' : ` Its last words: ${lastWords.trim()}`;
  if (/heap out of memory|Cannot allocate memory|std::bad_alloc/i.test(lastWords))
    return `The job ran out of memory.${said}`;
  const signals: Partial<Record<NodeJS.Signals, string>> = {
    SIGKILL: 'was killed (SIGKILL); machines that run out of memory do that',
    SIGSEGV: 'crashed (SIGSEGV, a fault in native code)',
    SIGABRT: 'gave up (SIGABRT, a fault in native code)',
    SIGBUS: 'crashed (SIGBUS, often a full disk or a truncated file)',
    SIGILL: 'crashed (SIGILL: this processor lacks an instruction)',
  };
  const signal = exit?.signal ?? signalOf(exit?.code);
  const how = signal
    ? (signals[signal] ?? `was ended by ${signal}`)
    : exit?.code
      ? `ended with code ${exit.code}`
      : 'ended without saying why';
  return `The job's process ${how}.${said}`;
}

/** The signal that a shell means by a code over 128; undefined for a code of the program's own. */
function signalOf(code: number | null | undefined): NodeJS.Signals | undefined {
  const names = Object.entries(constants.signals);
  return names.find(([, number]) => number + 128 === code)?.[0] as NodeJS.Signals | undefined;
}

/** The end of a file, at most so many bytes of it. */
export async function tailOf(path: string, bytes = 2000): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .replace(/^\uFFFD+/, '');
  } finally {
    await file.close();
  }
}
