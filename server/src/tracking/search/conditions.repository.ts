import { type SQL, sql } from 'drizzle-orm';
import type { Field, Filter, Operator, Order } from './filter.ts';
import { badFilter } from './lexer.ts';

/** What can be searched of one kind of thing, and how it is asked of the database. */
export interface Searchable {
  /** Texts, by the names people use. */
  texts: Record<string, SQL>;
  /** Whole numbers, by the names people use. */
  numbers: Record<string, SQL>;
  /** Map columns: text by key. */
  params?: SQL;
  tags?: SQL;
  /** Newest value of a metric, or null. */
  metric?: (key: string) => SQL;
  /** Whether one of its data sets fits. */
  dataset?: (key: string, fits: (column: SQL) => SQL) => SQL;
}

const signs: Record<Operator, SQL> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
  LIKE: sql`like`,
  ILIKE: sql`ilike`,
};
const ofTexts = new Set<Operator>(['=', '!=', 'LIKE', 'ILIKE']);

/** A filter as a condition. A field that is not there fits nothing but `is null`. */
export function asCondition(filter: Filter, on: Searchable): SQL {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = filter.parts.map((part) => asCondition(part, on));
    return sql`(${sql.join(parts, filter.kind === 'and' ? sql` and ` : sql` or `)})`;
  }
  const { field } = filter;
  if (filter.kind === 'compare') return compare(filter, on);
  if (filter.kind === 'in') {
    const list = sql`${sql.param(filter.values)}::text[]`;
    const fits = (column: SQL) =>
      filter.isNegated ? sql`${column} <> all(${list})` : sql`${column} = any(${list})`;
    return field.entity === 'dataset' ? inDataset(field, on, fits) : fits(textOf(field, on));
  }
  if (field.entity !== 'param' && field.entity !== 'tag')
    throw badFilter('IS NULL is only for params and tags');
  return filter.isNegated ? sql`${textOf(field, on)} is not null` : sql`${textOf(field, on)} is null`;
}

function compare(filter: Extract<Filter, { kind: 'compare' }>, on: Searchable): SQL {
  const { field, operator, value } = filter;
  const number = numberOf(field, on);
  if (number) {
    if (typeof value !== 'number' || operator === 'LIKE' || operator === 'ILIKE')
      throw badFilter(`${field.key} is compared with numbers, by =, !=, <, <=, >, >=`);
    // To PostgreSQL NaN is larger than any number; here it is like none.
    const isNumber = field.entity === 'metric' ? sql` and ${number} <> 'NaN'` : sql``;
    return sql`(${number} ${signs[operator]} ${value}::float8${isNumber})`;
  }
  if (typeof value !== 'string') throw badFilter(`${field.key} is compared with a quoted text`);
  if (!ofTexts.has(operator)) throw badFilter(`${field.key} is a text, compared by =, !=, LIKE, ILIKE`);
  // MLflow's patterns know no escapes.
  const pattern = operator.endsWith('LIKE') ? value.replaceAll('\\', '\\\\') : value;
  const fits = (column: SQL) => sql`${column} ${signs[operator]} ${pattern}`;
  return field.entity === 'dataset' ? inDataset(field, on, fits) : fits(textOf(field, on));
}

/** An order; what is not there comes last, and what is no number just before it. */
export function asOrder({ field, isDescending }: Order, on: Searchable): SQL[] {
  const number = numberOf(field, on);
  const column = number ?? textOf(field, on);
  const direction = isDescending ? sql`desc` : sql`asc`;
  const isNumber = field.entity === 'metric' ? [sql`${column} = 'NaN'`] : [];
  return [sql`${column} is null`, ...isNumber, sql`${column} ${direction}`];
}

function inDataset({ key }: Field, { dataset }: Searchable, fits: (column: SQL) => SQL): SQL {
  if (!dataset || !['name', 'digest', 'context'].includes(key))
    throw badFilter(`Data sets are searched by name, digest and context, not ${key}`);
  return dataset(key, fits);
}

function numberOf({ entity, key }: Field, on: Searchable): SQL | undefined {
  if (entity === 'metric' && on.metric) return on.metric(key);
  return entity === 'attribute' && Object.hasOwn(on.numbers, key) ? on.numbers[key] : undefined;
}

function textOf({ entity, key }: Field, on: Searchable): SQL {
  if (entity === 'param' && on.params) return sql`(${on.params}->>${key}::text)`;
  if (entity === 'tag' && on.tags) return sql`(${on.tags}->>${key}::text)`;
  if (entity === 'attribute' && Object.hasOwn(on.texts, key)) return on.texts[key]!;
  const known = [...Object.keys(on.texts), ...Object.keys(on.numbers)].join(', ');
  throw badFilter(`There is no ${entity} ${key} to search; attributes are ${known}`);
}
