import { AppError } from '../../platform/errors.ts';

export type Token =
  | { kind: 'word'; text: string; at: number }
  /** A quoted text; with back quotes or double quotes it may also name something. */
  | { kind: 'quoted'; text: string; quote: "'" | '"' | '`'; at: number }
  | { kind: 'number'; text: string; at: number }
  | { kind: 'sign'; text: string; at: number };

const number = /[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?(?![\w.])/iy;
const word = /[A-Za-z_][\w-]*/y;
const sign = /<=|>=|!=|[=<>(),.]/y;
const space = /\s+/y;

/** Cuts a filter or an order into tokens. A doubled quote inside a quoted text stands for itself. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const token = readQuoted(text, at) ?? readPlain(match, tokens.at(-1), at);
    if (!token) throw badFilter(`Unexpected ${JSON.stringify(text[at])}`, at);
    if (token.kind !== 'space') tokens.push(token);
    at = token.end;
  }
  return tokens;
}

type Read = (Token | { kind: 'space' }) & { end: number };

function readPlain(
  match: (pattern: RegExp) => string | undefined,
  before: Token | undefined,
  at: number,
): Read | undefined {
  const blank = match(space);
  if (blank !== undefined) return { kind: 'space', end: at + blank.length };
  // What follows a dot is a name, though it may begin with a digit: metrics.2fold.
  const isName = before?.kind === 'sign' && before.text === '.';
  const name = match(isName ? /[\w][\w-]*/y : word);
  if (name !== undefined) return { kind: 'word', text: name, at, end: at + name.length };
  const digits = match(number);
  if (digits !== undefined) return { kind: 'number', text: digits, at, end: at + digits.length };
  const mark = match(sign);
  return mark === undefined ? undefined : { kind: 'sign', text: mark, at, end: at + mark.length };
}

function readQuoted(text: string, at: number): Read | undefined {
  const quote = text[at];
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  let inside = '';
  for (let place = at + 1; ; place += 1) {
    const character = text[place];
    if (character === undefined) throw badFilter('A quotation is not closed', at);
    if (character !== quote) inside += character;
    else if (text[place + 1] === quote) {
      inside += quote;
      place += 1;
    } else return { kind: 'quoted', text: inside, quote, at, end: place + 1 };
  }
}

export const badFilter = (message: string, at?: number): AppError =>
  new AppError('run.bad_filter', at === undefined ? `${message}.` : `${message} at character ${at + 1}.`);
