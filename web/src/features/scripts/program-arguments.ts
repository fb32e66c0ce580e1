import type { ProgramOption } from '@hearth/contract';

export type OptionValues = Record<string, string | number | boolean | undefined>;

/** The values a form of these options begins with. */
export const initialValues = (options: readonly ProgramOption[]): OptionValues =>
  Object.fromEntries(options.map((option) => [option.name, option.default]));

/**
 * The arguments for what was filled in: `--name value`, a switch alone where it is on. What is left empty, or as the
 * program has it by itself, is left out.
 */
export function argumentsOf(options: readonly ProgramOption[], values: OptionValues): string[] {
  return options.flatMap(({ name, type, default: usual }) => {
    const value = values[name];
    if (value === undefined || value === '' || value === usual) return [];
    if (type === 'boolean') return value ? [`--${name}`] : [];
    return [`--${name}`, String(value)];
  });
}

/** A line of free arguments as a list: parted by spaces, quotes keep what is between them together. */
export function splitArguments(line: string): string[] {
  const parts = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  return parts.map((part) => (/^(["']).*\1$/.test(part) ? part.slice(1, -1) : part));
}
