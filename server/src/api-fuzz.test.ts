import { Agent, request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { familyOfPath, readRefusal } from './testing/refusal.ts';
import { startTestApp, type TestApp } from './testing/test-app.ts';

/** What this reads of the OpenAPI document. */
const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query']), schema: z.unknown() })),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
type Operation = z.output<typeof Operation> & { method: string; path: string };
interface Attack {
  operation: Operation;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

let test: TestApp;
let document: z.output<typeof Document>;
const lines = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  // Every address is the same one here: its limits would hide what lies behind them.
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
  document = Document.parse(await (await fetch(`${test.url}/openapi.json`)).json());
});
afterAll(async () => {
  lines.destroy();
  await test.close();
});

const nasty = fc.constantFrom(
  ...[
    '..',
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    '%c0%ae',
    '%',
    '%zz',
    '-rf',
    "';--",
    '$(id)',
    '\u{1F468}‍\u{1F469}',
  ],
  ...['NaN', '1e999', '-1', '0', 'null', '__proto__', 'x'.repeat(299), '\u0000', '\ud800', '2026-13-45'],
);
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }));
const junk = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(-1, 0, 1e308, -1e308, 2 ** 53, 0.5, true, null, [], {}, [[]], { __proto__: null }),
);

/** The part of JSON Schema that our document uses. */
interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  enum?: string[];
}

/** Something like what the schema asks for, with junk wherever chance wants it. */
function nearly(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const { $ref, properties, items, anyOf, oneOf, type, enum: choices } = (schema ?? {}) as Schema;
  const name =
    String($ref ?? '')
      .split('/')
      .at(-1) ?? '';
  if (name) return nearly(document.components.schemas[name], depth);
  const ways = anyOf ?? oneOf;
  if (choices) return fc.oneof(fc.constantFrom(...choices), junk);
  if (ways) return fc.oneof(...ways.map((way) => nearly(way, depth + 1)), junk);
  if (properties && depth < 5) {
    const known = Object.entries(properties).map(([key, of]) => [key, nearly(of, depth + 1)] as const);
    const whole = fc.record(Object.fromEntries(known), { requiredKeys: [] });
    return fc.oneof({ weight: 6, arbitrary: whole }, { weight: 1, arbitrary: junk });
  }
  if (type === 'array' && depth < 5)
    return fc.oneof(fc.array(nearly(items, depth + 1), { maxLength: 3 }), junk);
  if (type === 'integer' || type === 'number') return fc.oneof(fc.integer(), fc.double(), junk);
  return junk;
}

const bodies = (operation: Operation): fc.Arbitrary<Pick<Attack, 'headers' | 'body'>> => {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const json = (schema === undefined ? junk : nearly(schema)).map((value) => JSON.stringify(value) ?? '');
  const cut = fc.tuple(json, fc.nat(30)).map(([whole, less]) => whole.slice(0, -less));
  const bytes = fc.oneof(
    { weight: 4, arbitrary: json.map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: cut.map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)) },
  );
  const types = fc.oneof(
    { weight: 5, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        'text/xml',
        'multipart/form-data',
        'multipart/form-data; boundary=x',
        `multipart/form-data; boundary=${'y'.repeat(300)}`,
        'a/b;;;',
      ),
    },
  );
  return fc.record({ body: bytes, headers: types.map((type) => ({ 'content-type': type })) });
};

const attacks = (operations: Operation[]): fc.Arbitrary<Attack> =>
  fc.constantFrom(...operations).chain((operation) => {
    const named = (where: string) => operation.parameters.filter((parameter) => parameter.in === where);
    const segment = fc.oneof(text, fc.uuid(), fc.constantFrom('thing', 'sess_0123456789ab', '0'.repeat(64)));
    const params = fc.array(segment, { minLength: 4, maxLength: 4 });
    const keys = fc.oneof(fc.constantFrom(...named('query').map(({ name }) => name), 'q'), text);
    const query = fc.array(fc.tuple(keys, text), { maxLength: 4 });
    return fc
      .record({ params, query, sent: bodies(operation) })
      .map(({ params: values, query: pairs, sent }) => {
        const filled = operation.path.replace(/\{\w+\}/g, () => escaped(values.pop() ?? ''));
        const search = pairs.map(([key, value]) => `${escaped(key)}=${escaped(value)}`).join('&');
        const hasBody = operation.method !== 'GET';
        return {
          operation,
          path: search === '' ? filled : `${filled}?${search}`,
          headers: hasBody ? sent.headers : {},
          body: hasBody ? sent.body : undefined,
        };
      });
  });

/** What a URL on the wire can carry; escapes that stand in the text already stay as they are. */
const escaped = (part: string) =>
  part.replace(/[^A-Za-z0-9._%-]/gu, (char) => encodeURIComponent(char.toWellFormed()));

function send({ operation, path, headers, body }: Attack): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const all = {
    ...headers,
    authorization: `Bearer ${test.adminToken}`,
    ...(body ? { 'content-length': body.length } : {}),
  };
  const request = httpRequest(test.url + path, { method: operation.method, headers: all, agent: lines });
  request.on('error', reject).on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
  });
  request.end(body);
  return promise;
}

it('answers whatever is sent as the document says, and never with a failure of its own', async () => {
  const operations = Object.entries(document.paths).flatMap(([path, of]) =>
    Object.entries(of).map(([method, one]) => ({ ...one, method: method.toUpperCase(), path })),
  );
  const statuses = new Map<number, number>();
  const refusedIn = new Set<string>();
  await fc.assert(
    fc.asyncProperty(attacks(operations), async (attack) => {
      const { status, text } = await send(attack);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status < 400) return;
      expect(status, text).toBeLessThan(500);
      const family = familyOfPath(attack.operation.path);
      refusedIn.add(family);
      const refusal = readRefusal(family, text);
      expect(refusal.status ?? status, text).toBe(status);
      const isRouted = !['route.not_found', 'ENDPOINT_NOT_FOUND'].includes(refusal.code);
      if (isRouted) expect(Object.keys(attack.operation.responses), text).toContain(String(status));
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 1500) },
  );
  expect([...refusedIn].sort()).toEqual(['mlflow', 'openai', 'scripts', 'v1']);
  // Most of it came past the door and was refused for what it was.
  const refused =
    (statuses.get(400) ?? 0) + (statuses.get(404) ?? 0) + (statuses.get(415) ?? 0) + (statuses.get(422) ?? 0);
  const sent = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  expect(refused / sent, JSON.stringify([...statuses])).toBeGreaterThan(0.4);
}, 120_000);
