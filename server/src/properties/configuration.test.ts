import { routes, TrainingConfig } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../platform/config.ts';
import { uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { training } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

const usual = {
  model_architecture: 'mlp',
  dataset_name: 'flowers',
  learning_rate: 0.01,
  batch_size: 8,
  epochs: 3,
};
const required = ['model_architecture', 'dataset_name', 'learning_rate', 'batch_size', 'epochs'] as const;

async function start(body: unknown) {
  const headers = { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${test.url}/api/v1/training/start`, init);
  const answer = (await response.json()) as {
    session_id?: string;
    error?: { code: string; details: { fields?: { path: string }[] } };
  };
  return { status: response.status, answer };
}
const sessions = async () => (await test.client(training.sessions, { query: { limit: 1000 } })).length;

const noInteger = fc.double({ min: 1.01, max: 255.99, noNaN: true }).filter((n) => !Number.isInteger(n));
const noNumber = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.constant([1]));
const outside = (least: number, most: number) =>
  fc
    .oneof(
      fc.double({ max: least, maxExcluded: true, noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: most, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
      // JSON has no -0: it arrives as 0, which may be allowed.
    )
    .filter((n) => !Object.is(n, -0));
const noneOf = (choices: readonly string[]) => fc.string().filter((text) => !choices.includes(text));
const field = (name: string, value: fc.Arbitrary<unknown>) => value.map((wrong) => ({ name, wrong }));
const anyMistake = fc.oneof(
  field('learning_rate', fc.oneof(outside(0.0001, 1), noNumber)),
  field('batch_size', fc.oneof(outside(1, 256), noInteger, noNumber)),
  field('epochs', fc.oneof(outside(1, 1000), noInteger, noNumber)),
  field('optimizer', noneOf(['adam', 'sgd', 'rmsprop', 'adamw'])),
  field('loss_function', noneOf(['cross_entropy', 'mse', 'mae', 'bce'])),
  field('validation_fraction', outside(0, 0.9)),
  field('priority', fc.oneof(outside(-100, 100), noInteger)),
  field('gpus', fc.oneof(outside(0, 64), noInteger)),
  field('nodes', fc.oneof(outside(1, 64), noInteger)),
  field('model_architecture', fc.oneof(fc.constant(''), fc.integer())),
  field('dataset_name', fc.oneof(fc.constant(''), fc.integer())),
  fc.constantFrom(...required).map((name) => ({ name, wrong: undefined })),
);

describe('configuration', () => {
  it('P19: a value outside its range is refused by the name of its field, and no session begins', async () => {
    const before = await sessions();
    await fc.assert(
      fc.asyncProperty(anyMistake, async ({ name, wrong }) => {
        const { status, answer } = await start({ ...usual, [name]: wrong });
        expect(status, JSON.stringify(answer)).toBe(400);
        expect(answer.error?.code).toBe('request.invalid');
        expect(answer.error?.details.fields?.map(({ path }) => path)).toContain(`body.${name}`);
      }),
      { numRuns: 120 },
    );
    expect(await sessions()).toBe(before);
  });

  it('P20: what is left out has the documented default, and what is given keeps its value', async () => {
    const given = fc.record(
      {
        optimizer: fc.constantFrom('adam', 'sgd', 'rmsprop', 'adamw'),
        loss_function: fc.constantFrom('cross_entropy', 'mse', 'mae', 'bce'),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(given, async (more) => {
        const { answer } = await start({ ...usual, ...more });
        const { config } = await test.client(training.run, { params: { session_id: answer.session_id! } });
        expect(config).toMatchObject({
          optimizer: 'adam',
          loss_function: 'cross_entropy',
          ...usual,
          ...more,
        });
        expect(TrainingConfig.parse(config)).toEqual(config);
      }),
      { numRuns: 15 },
    );
  });

  it('P38: a data set or an architecture that does not exist is refused by its code, whatever its name', async () => {
    const before = await sessions();
    const anyName = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(anyName, fc.boolean(), async (name, isDataset) => {
        const wrong = isDataset ? { dataset_name: `no ${name}` } : { model_architecture: `no ${name}` };
        const { status, answer } = await start({ ...usual, ...wrong });
        expect({ status, code: answer.error?.code }).toEqual(
          isDataset
            ? { status: 404, code: 'dataset.not_found' }
            : { status: 400, code: 'training.unknown_architecture' },
        );
      }),
      { numRuns: 30 },
    );
    expect(await sessions()).toBe(before);
  });

  it('P39: settings of the environment are read as whole numbers of their range, or refused by their name', () => {
    const DATABASE_URL = 'postgres:///hearth';
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 1010 }), fc.integer({ min: -10, max: 70_000 }), (cap, port) => {
        const env = { DATABASE_URL, MAX_CONCURRENT_SESSIONS: String(cap), API_PORT: String(port) };
        const isGood = cap >= 1 && cap <= 1000 && port >= 0 && port <= 65_535;
        if (isGood) expect(readConfig(env)).toMatchObject({ maxConcurrentSessions: cap, port });
        else expect(() => readConfig(env)).toThrow(ConfigError);
      }),
    );
    fc.assert(
      fc.property(
        fc.string().filter((text) => text !== '' && Number.isNaN(Number(text))),
        (text) => {
          expect(() => readConfig({ DATABASE_URL, MAX_CONCURRENT_SESSIONS: text })).toThrow(
            /^MAX_CONCURRENT_SESSIONS: /,
          );
        },
      ),
    );
  });
});
