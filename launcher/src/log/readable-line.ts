/** A program's JSON log line as a person reads it in a terminal: time, level, message, what belongs to it. */
import { z } from 'zod';

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const COLOURS: Record<string, number> = { warn: 33, error: 31, fatal: 31 };
/** Who speaks stands before the line; which request it was is for the file. */
const LEFT_OUT = new Set(['service', 'reqId', 'pid', 'hostname']);
const LONGEST_VALUE = 300;

const Line = z.looseObject({ level: z.number(), time: z.iso.datetime(), msg: z.string().default('') });
const Failure = z.object({ message: z.string(), code: z.string().optional(), cause: z.unknown().optional() });
type Failure = z.output<typeof Failure>;

/** What began it: those around it say what could not be done, as the message of the line does. */
function rootOf(failure: Failure): Failure {
  const cause = Failure.safeParse(failure.cause).data;
  return cause ? rootOf(cause) : failure;
}

function describeValue(value: unknown): string {
  const failure = Failure.safeParse(value).data;
  if (failure) {
    const { message, code } = rootOf(failure);
    return code ? `${message} (${code})` : message;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function parse(line: string) {
  if (!line.startsWith('{')) return undefined;
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    // Cut off, or no log line of ours: shown as it is.
    return undefined;
  }
}

/** What is no JSON log line comes back as it is. */
export function readableLine(line: string, coloured: boolean): string {
  const parsed = parse(line);
  if (!parsed) return line;
  const { level, time, msg, ...rest } = parsed;
  const name = LEVELS[level] ?? String(level);
  const facts = Object.entries(rest)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(([key, value]) => `${key}=${describeValue(value)}`);
  const word = name.padEnd(5);
  const colour = coloured ? COLOURS[name] : undefined;
  const shownLevel = colour ? `\u001b[${colour}m${word}\u001b[0m` : word;
  const clock = new Date(time).toTimeString().slice(0, 8);
  return [clock, shownLevel, msg, ...facts].join(' ').trimEnd();
}
