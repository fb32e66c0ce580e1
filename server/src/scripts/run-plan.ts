import type { ScriptManifestEntry } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';
import { checkArguments } from './arguments.ts';

/** What a caller asks for. */
export interface RunWish {
  mode?: string | undefined;
  args: readonly string[];
  /** Seconds; null: the script's own default, else its longest. */
  timeout: number | null;
}
/** The same, checked against the script's manifest: what its program will be given. */
export interface RunPlan {
  mode: string | null;
  args: string[];
  environment: Record<string, string>;
  timeoutSeconds: number;
  /** As people would type it. */
  command: string;
}

/** Throws where the wish is not within what the manifest allows. */
export function planRun(script: ScriptManifestEntry, wish: RunWish): RunPlan {
  const { mode, rest } = chooseMode(script, wish);
  checkArguments(rest, script.options);
  const via = script.modes?.via;
  const args = mode !== null && via === 'argument' ? [mode, ...rest] : rest;
  const environment = { ...script.environment };
  if (mode !== null && typeof via === 'object') environment[via.env] = mode;
  return {
    mode,
    args,
    environment,
    timeoutSeconds: chooseTimeout(script, wish.timeout),
    command: commandOf(script, args),
  };
}

/** A mode that travels as the first argument may also be given as that. */
function chooseMode({ name, modes }: ScriptManifestEntry, { mode, args }: RunWish) {
  const [first = '', ...others] = args;
  if (!modes) {
    if (mode === undefined) return { mode: null, rest: [...args] };
    throw new AppError('script.argument_refused', `${name} has no modes.`, { mode });
  }
  if (mode === undefined && modes.via === 'argument' && modes.values.includes(first))
    return { mode: first, rest: others };
  const chosen = mode ?? modes.default;
  if (modes.values.includes(chosen)) return { mode: chosen, rest: [...args] };
  const message = `${name} has no mode ${JSON.stringify(chosen)}: it is one of ${modes.values.join(', ')}.`;
  throw new AppError('script.argument_refused', message, { mode: chosen });
}

function chooseTimeout({ name, timeout }: ScriptManifestEntry, wished: number | null): number {
  const seconds = wished ?? timeout.default ?? timeout.max;
  if (seconds >= timeout.min && seconds <= timeout.max) return seconds;
  const message = `${name} may run for ${timeout.min} to ${timeout.max} seconds.`;
  throw new AppError('request.invalid', `body.timeout: ${message}`, {
    fields: [{ path: 'body.timeout', message }],
  });
}

function commandOf({ name, entry = name, runtime }: ScriptManifestEntry, args: readonly string[]): string {
  const program = { python: ['python', entry], node: ['node', entry], executable: [`./${entry}`] };
  return [...program[runtime.type], ...args].map(quoted).join(' ');
}

const quoted = (part: string) =>
  /^[\w./=:,@%+-]+$/.test(part) ? part : `'${part.replaceAll("'", String.raw`'\''`)}'`;
