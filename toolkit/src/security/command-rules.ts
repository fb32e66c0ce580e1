import { posix } from 'node:path';
import { forbiddenPathTest } from './path-rules.ts';
import type { SecurityPolicy } from './security-policy.ts';
import { shellCommands, unknownPart } from './shell-words.ts';

interface Parsed {
  name: string;
  options: Set<string>;
  operands: string[];
}

/** What one command line is judged by. */
interface Court {
  rules: Parsed[];
  isForbiddenPath: (path: string) => boolean;
  /** Commands that may still be looked at closely: who nests more wants to hide something. */
  patience: number;
}

/** Long options with a letter that means the same. */
const letters: Record<string, string> = { recursive: 'r', force: 'f' };
/** Commands that run the command that follows them. */
const runners =
  /^(env|nohup|time|nice|ionice|exec|command|builtin|xargs|timeout|stdbuf|setsid|busybox|find|watch|then|else|do|if|while|until|!|\{)$/;
const shells = /^(sh|bash|dash|zsh|ksh|ash|fish|eval|source|\.)$/;
/** Commands that change the files they are given. */
const changers = /^(rm|rmdir|mv|chmod|chown|chgrp|truncate|tee|ln|shred|unlink)$/;
const forkBomb = /([\w:.]{1,50})\s{0,9}\(\s{0,9}\)\s{0,9}\{[^}]{0,200}\1\s{0,9}\|\s{0,9}\1/;
const harmlessDevice = /^(of=)?\/dev\/(null|stdout|stderr|tty|zero)$/;

/** `/bin/RM`, `rm.exe` and `rm` are one. */
const nameOf = (word: string) =>
  word
    .toLowerCase()
    .replace(/^.*[/\\]/, '')
    .replace(/\.(exe|com|bat|cmd)$/, '');

/** The spellings of a path that the shell and the kernel take for one. */
function plainPath(word: string): string {
  const home = word.toLowerCase().replace(/^\$(home\b|\{home\})/, '~');
  const contents = home.replace(/(^|\/)\.?\*$/, '$1') || (home.includes('*') ? '.' : '');
  const normal = posix.normalize(contents.replace(/^\/+/, '/'));
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}

function parse([first, ...rest]: string[]): Parsed {
  const options = new Set<string>();
  const operands: string[] = [];
  let onlyOperands = false;
  for (const word of rest) {
    const long = /^--([a-z-]+)/i.exec(word)?.[1]?.toLowerCase();
    if (onlyOperands || !/^-./.test(word)) operands.push(plainPath(word));
    else if (word === '--') onlyOperands = true;
    else if (long !== undefined) {
      const known = Object.keys(letters).find((name) => name.startsWith(long));
      options.add(known ? letters[known]! : long);
    } else for (const letter of word.slice(1).toLowerCase()) options.add(letter);
  }
  return { name: nameOf(first ?? ''), options, operands };
}

/** A rule's operand stands for itself and, when it is more than a root, for all below it. */
function covers(rule: string, operand: string): boolean {
  if (harmlessDevice.test(operand)) return false;
  return operand === rule || (!['/', '~', '.', '..'].includes(rule) && operand.startsWith(`${rule}/`));
}

/** Whether a command has all that a rule of its name asks for. */
function matches(rule: Parsed, command: Parsed): boolean {
  return (
    [...rule.options].every((option) => command.options.has(option)) &&
    rule.operands.every((operand) => command.operands.some((given) => covers(operand, given)))
  );
}

/** Why one simple command is refused; undefined when it is not. */
function objection(words: string[], court: Court): string | undefined {
  const written = words.flatMap((word, i) => (word === '>' ? [words[i + 1] ?? ''] : []));
  const target = written.find((path) => !harmlessDevice.test(path) && court.isForbiddenPath(path));
  if (target !== undefined) return `Writing to ${target} is forbidden`;
  const assignments = words.findIndex((word) => !/^\w+=/.test(word));
  const command = words.slice(assignments === -1 ? words.length : assignments);
  if (command.length === 0) return undefined;
  if (command[0]!.includes(unknownPart) || command[0]!.includes('$'))
    return 'It cannot be known in advance which command this runs';
  if (!runners.test(nameOf(command[0]!))) return plainObjection(command, court);
  return firstOf(command.keys(), (i) => plainObjection(command.slice(i), court));
}

/** As `objection`, for words that begin with the command's name. */
function plainObjection(words: string[], court: Court): string | undefined {
  const name = nameOf(words[0]!);
  const concerned = court.rules.filter((rule) => name === rule.name || name.startsWith(`${rule.name}.`));
  if (concerned.length === 0 && !changers.test(name) && !shells.test(name)) return undefined;
  if (--court.patience < 0) return 'The command is too entangled to be judged';
  const command = parse(words);
  if (concerned.some((rule) => matches(rule, command)))
    return `The command ${command.name} is forbidden like this`;
  const harmed = changers.test(command.name) && command.operands.find((path) => court.isForbiddenPath(path));
  if (harmed) return `Changing ${harmed} is forbidden`;
  return shells.test(command.name) ? shellObjection(words, court) : undefined;
}

/** A shell runs its words as command lines, or, without any, what it is fed. */
function shellObjection([shell, ...rest]: string[], court: Court): string | undefined {
  const lines = rest.filter((word) => !/^-[a-z]*$/i.test(word));
  if (lines.length === 0 || lines.includes('<'))
    return `It cannot be known in advance what ${shell} is to run`;
  return firstOf([rest.join(' '), ...lines], (line) => lineObjection(line, court));
}

function firstOf<T>(items: Iterable<T>, ask: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function lineObjection(line: string, court: Court): string | undefined {
  return firstOf(shellCommands(line), (words) => objection(words, court));
}

/**
 * Why a command line is refused; undefined when it is not.
 * @throws ShellSyntaxError for a line no shell would read
 */
export function commandObjection(line: string, policy: SecurityPolicy): string | undefined {
  if (forkBomb.test(line)) return 'A function that multiplies itself is forbidden';
  const rules = policy.forbiddenCommands.map((rule) => parse(rule.trim().split(/\s+/)));
  return lineObjection(line, { rules, isForbiddenPath: forbiddenPathTest(policy), patience: 100 });
}
