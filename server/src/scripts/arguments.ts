import type { ProgramOption } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';

/** What a shell would read a meaning into. No shell is ever asked; document 001 refuses them all the same. */
const refused = /[;&|`$()<>\r\n\0]/;

/**
 * Checks arguments before anything is started: no character a shell would act on, and where the script says which
 * options it takes, only those, each once and with a value of its type. Throws `script.argument_refused`.
 */
export function checkArguments(
  args: readonly string[],
  options: readonly ProgramOption[] | undefined,
): undefined {
  for (const [index, argument] of args.entries()) {
    const character = refused.exec(argument)?.[0];
    if (character === undefined) continue;
    const name = JSON.stringify(character).slice(1, -1);
    throw refusal(`Argument ${index + 1} holds a character that is not allowed: ${name}`, index);
  }
  if (options) checkOptions(args, options);
}

function checkOptions(args: readonly string[], options: readonly ProgramOption[]): void {
  const given = new Set<string>();
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const index = args.length - rest.length - 1;
    const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const option = options.find((one) => one.name === name);
    if (!option) throw refusal(`The script takes no argument ${JSON.stringify(argument)}.`, index);
    if (given.has(name)) throw refusal(`--${name} is given twice.`, index);
    given.add(name);
    if (option.type === 'boolean' && inline === undefined) continue;
    const value = inline ?? rest.shift();
    if (value === undefined) throw refusal(`--${name} needs a value.`, index);
    const problem = problemOf(option, value);
    if (problem) throw refusal(`--${name} ${problem}.`, index);
  }
  const missing = options.find(({ name, required }) => required && !given.has(name));
  if (missing) throw refusal(`--${missing.name} is needed.`);
}

/** Why a value does not fit its option; undefined where it does. */
function problemOf({ type, choices = [], min, max }: ProgramOption, value: string): string | undefined {
  if (type === 'string') return undefined;
  if (type === 'choice') return choices.includes(value) ? undefined : `is one of ${choices.join(', ')}`;
  if (type === 'boolean') return /^(true|false)$/.test(value) ? undefined : 'is true or false';
  const isWritten = type === 'integer' ? /^-?\d{1,15}$/ : /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const number = Number(value);
  if (!isWritten.test(value) || !Number.isFinite(number))
    return type === 'integer' ? 'is a whole number' : 'is a number';
  if (min !== undefined && number < min) return `is at least ${min}`;
  if (max !== undefined && number > max) return `is at most ${max}`;
  return undefined;
}

const refusal = (message: string, index?: number) =>
  new AppError('script.argument_refused', message, index === undefined ? {} : { argument: index + 1 });
