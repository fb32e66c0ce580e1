import type { ProgramOption, TrainingConfig } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';

type Options = NonNullable<TrainingConfig['options']>;

/**
 * The options a recipe is run with: those given, checked, and the defaults of the others. Throws
 * `training.option_refused`.
 */
export function settleOptions(declared: readonly ProgramOption[], given: Options = {}): Options {
  const unknown = Object.keys(given).find((name) => !declared.some((option) => option.name === name));
  if (unknown !== undefined) {
    const known = declared.map(({ name }) => name).join(', ') || 'none';
    throw refusal(unknown, `is no option of this architecture; it takes ${known}`);
  }
  const settled: Options = {};
  for (const option of declared) {
    const value = given[option.name] ?? option.default;
    if (value === undefined && option.required) throw refusal(option.name, 'is needed');
    if (value === undefined) continue;
    const problem = problemOf(option, value);
    if (problem) throw refusal(option.name, problem);
    settled[option.name] = value;
  }
  return settled;
}

/** Why a value does not fit its option; undefined where it does. */
function problemOf(option: ProgramOption, value: Options[string]): string | undefined {
  const { type, choices = [], min, max } = option;
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'is true or false';
  if (type === 'choice')
    return choices.includes(String(value)) ? undefined : `is one of ${choices.join(', ')}`;
  if (type === 'string') return typeof value === 'string' ? undefined : 'is a text';
  if (typeof value !== 'number' || (type === 'integer' && !Number.isInteger(value)))
    return type === 'integer' ? 'is a whole number' : 'is a number';
  if (min !== undefined && value < min) return `is at least ${min}`;
  return max !== undefined && value > max ? `is at most ${max}` : undefined;
}

const refusal = (name: string, problem: string) =>
  new AppError('training.option_refused', `options.${name} ${problem}.`, { option: name });
