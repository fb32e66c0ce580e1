import { badFilter, type Token, tokenize } from './lexer.ts';
import type { Asked, Search } from './search.types.ts';

/** What a comparison or an order is about. */
export interface Field {
  entity: 'metric' | 'param' | 'tag' | 'attribute' | 'dataset';
  key: string;
}
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE';
export type Filter =
  | { kind: 'and'; parts: Filter[] }
  | { kind: 'or'; parts: Filter[] }
  | { kind: 'compare'; field: Field; operator: Operator; value: string | number }
  | { kind: 'in'; field: Field; isNegated: boolean; values: string[] }
  | { kind: 'null'; field: Field; isNegated: boolean };
export interface Order {
  field: Field;
  isDescending: boolean;
}

const entities = new Map<string, Field['entity']>([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'param'],
  ['params', 'param'],
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['attr', 'attribute'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['run', 'attribute'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);
const operators = new Set(['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'ILIKE']);

/** Reads one expression after the other from a list of tokens. */
class Reader {
  readonly #tokens: Token[];
  #next = 0;
  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** Whether the next token is this word or sign; if so, it is passed. */
  takes(text: string): boolean {
    const token = this.#tokens[this.#next];
    const fits = token !== undefined && token.kind !== 'quoted' && token.text.toUpperCase() === text;
    if (fits) this.#next += 1;
    return fits;
  }

  take(expected: string): Token {
    const token = this.#tokens[this.#next];
    if (!token) throw badFilter(`The filter ends where ${expected} is expected`);
    this.#next += 1;
    return token;
  }

  require(text: string): void {
    if (this.takes(text)) return;
    const token = this.take(text);
    throw badFilter(`Expected ${text}, found ${token.text}`, token.at);
  }

  field(): Field {
    const first = this.take('a field');
    if (first.kind !== 'word' && !(first.kind === 'quoted' && first.quote !== "'"))
      throw badFilter(`Expected a field such as metrics.loss, found ${first.text}`, first.at);
    if (!this.takes('.')) return { entity: 'attribute', key: first.text };
    const entity = entities.get(first.text.toLowerCase());
    if (!entity)
      throw badFilter(
        `There is no ${first.text} to search; there are metrics, params, tags, attributes, datasets`,
        first.at,
      );
    return { entity, key: this.#key() };
  }

  /** A quoted name, or words with dots between. */
  #key(): string {
    const first = this.take('a name');
    if (first.kind === 'quoted') return first.text;
    if (first.kind !== 'word') throw badFilter(`Expected a name, found ${first.text}`, first.at);
    let key = first.text;
    while (this.takes('.')) key += `.${this.take('a name').text}`;
    return key;
  }
}

/** Parses a filter as MLflow writes it; also `or` and parentheses. An empty one means no filter. */
export function parseFilter(text: string | undefined): Filter | undefined {
  const reader = new Reader(text ?? '');
  if (reader.isAtEnd) return undefined;
  const filter = readOr(reader, 0);
  if (reader.isAtEnd) return filter;
  const token = reader.take('nothing');
  throw badFilter(`Expected and, or the end, found ${token.text}`, token.at);
}

const deepest = 50;

function readOr(reader: Reader, depth: number): Filter {
  if (depth > deepest) throw badFilter('The filter is nested too deeply');
  const parts = [readAnd(reader, depth)];
  while (reader.takes('OR')) parts.push(readAnd(reader, depth));
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
}

function readAnd(reader: Reader, depth: number): Filter {
  const parts = [readComparison(reader, depth)];
  while (reader.takes('AND')) parts.push(readComparison(reader, depth));
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function readComparison(reader: Reader, depth: number): Filter {
  if (reader.takes('(')) {
    const inside = readOr(reader, depth + 1);
    reader.require(')');
    return inside;
  }
  const field = reader.field();
  if (reader.takes('IS')) {
    const isNegated = reader.takes('NOT');
    reader.require('NULL');
    return { kind: 'null', field, isNegated };
  }
  const isNegated = reader.takes('NOT');
  if (isNegated || reader.takes('IN')) {
    if (isNegated) reader.require('IN');
    return { kind: 'in', field, isNegated, values: readList(reader) };
  }
  const operator = reader.take('a comparison');
  if (!operators.has(operator.text.toUpperCase()) || operator.kind === 'quoted')
    throw badFilter(`${operator.text} is no comparison`, operator.at);
  return {
    kind: 'compare',
    field,
    operator: operator.text.toUpperCase() as Operator,
    value: readValue(reader),
  };
}

function readList(reader: Reader): string[] {
  reader.require('(');
  const values: string[] = [];
  do {
    const token = reader.take('a quoted text');
    if (token.kind !== 'quoted') throw badFilter(`Expected a quoted text, found ${token.text}`, token.at);
    values.push(token.text);
  } while (reader.takes(','));
  reader.require(')');
  return values;
}

function readValue(reader: Reader): string | number {
  const token = reader.take('a value');
  if (token.kind === 'number') return Number(token.text);
  if (token.kind === 'quoted' && token.quote !== '`') return token.text;
  throw badFilter(`Expected a number or a quoted text, found ${token.text}`, token.at);
}

/** Parses `metrics.loss DESC`; ascending where nothing is said. */
export function parseOrder(text: string): Order {
  const reader = new Reader(text);
  const field = reader.field();
  const isDescending = reader.takes('DESC');
  if (!isDescending) reader.takes('ASC');
  if (reader.isAtEnd) return { field, isDescending };
  const token = reader.take('asc or desc');
  throw badFilter(`Expected asc or desc, found ${token.text}`, token.at);
}

/** A search with its filter and orders read. */
export const parseSearch = <Scope>({ filter, orders, ...page }: Asked<Scope>): Search<Scope> => ({
  ...page,
  filter: parseFilter(filter),
  orders: orders.map(parseOrder),
});
