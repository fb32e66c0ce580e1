import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routes, type TrainingConfig } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../../../server/src/testing/test-app.ts';
import { ScriptedModel, startHearth } from '../testing/hearth.ts';
import { describeFailure } from './failure.ts';
import { HearthApi } from './hearth-api.ts';

const config: TrainingConfig = {
  model_architecture: 'mlp',
  dataset_name: 'iris',
  learning_rate: 0.01,
  batch_size: 16,
  epochs: 3,
  optimizer: 'adam',
  loss_function: 'cross_entropy',
};
const nobody = 'sess_000000000000';

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
const chatWith = (api: HearthApi, model: string) =>
  collect(api.chat(model, [{ role: 'user', content: 'Привет' }], new AbortController().signal));

/** Every method of the client, as the bot calls it. */
const calls: Record<string, (api: HearthApi) => Promise<unknown>> = {
  startTraining: (api) => api.startTraining(config),
  stopTraining: (api) => api.stopTraining(nobody),
  resumeTraining: (api) => api.resumeTraining(nobody),
  training: (api) => api.training(nobody),
  history: (api) => api.history(nobody),
  logs: (api) => api.logs(nobody, 10),
  sessions: (api) => api.sessions(10),
  queue: (api) => api.queue(),
  architectures: (api) => api.architectures(),
  datasets: (api) => api.datasets(),
  models: (api) => api.models(),
  systemInfo: (api) => api.systemInfo(),
  chatModels: (api) => api.chatModels(),
  chat: (api) => chatWith(api, 'nobody'),
};
const everyCall = Object.keys(calls);
const failureOf = (api: HearthApi, name: string) =>
  calls[name]!(api).then(
    () => 'no failure',
    (error: unknown) => describeFailure(error),
  );

let hearth: TestApp;
let api: HearthApi;
let session: string;
const model = new ScriptedModel();
beforeAll(async () => {
  const started = await startHearth();
  hearth = started.hearth;
  api = new HearthApi({ url: hearth.url, key: started.key });
  await model.attach(hearth, 'talker');
  session = (await api.startTraining(config)).session_id;
});
afterAll(async () => {
  model.close();
  await hearth.close();
});

describe('asks the real server', () => {
  it('for a run, and how it stands', async () => {
    expect(await api.training(session)).toMatchObject({
      session_id: session,
      status: 'queued',
      queue_position: 1,
      config,
    });
    expect(await api.history(session)).toEqual([]);
    expect(await api.logs(session, 10)).toBeInstanceOf(Array);
    expect((await api.sessions(10)).map((run) => run.session_id)).toEqual([session]);
    expect((await api.queue()).map((run) => run.session_id)).toEqual([session]);
  });

  it('what there is: architectures, data sets, models, the machine', async () => {
    expect((await api.architectures()).map(({ name }) => name)).toContain('tiny-llama');
    expect((await api.datasets()).map(({ name }) => name).toSorted()).toEqual(['alice', 'iris']);
    expect(await api.models()).toEqual([]);
    expect((await api.systemInfo()).memory_total_mb).toBeGreaterThan(0);
  });

  it('a model, piece by piece', async () => {
    model.say(['Доб', 'рый ', 'день']);
    expect(await api.chatModels()).toHaveLength(1);
    expect(await chatWith(api, (await api.chatModels())[0]!)).toBe('Добрый день');
    expect(model.asked).toEqual([{ role: 'user', content: 'Привет' }]);
  });

  it('to stop a run', async () => {
    const { session_id } = await api.startTraining(config);
    await api.stopTraining(session_id);
    expect((await api.training(session_id)).status).toBe('stopped');
    expect(await api.stopTraining(session_id).catch(describeFailure)).toBe(
      'Сейчас это невозможно: это обучение уже закончилось',
    );
  });
});

it.each(everyCall)('%s with a key nobody gave: 401', async (name) => {
  const wrong = new HearthApi({ url: hearth.url, key: 'hk_wrong' });
  expect(await failureOf(wrong, name)).toBe('Ошибка аутентификации: неверный API ключ');
});

it.each(['stopTraining', 'resumeTraining', 'training', 'history', 'logs'])(
  '%s of a run nobody started: 404',
  async (name) => {
    expect(await failureOf(api, name)).toBe('Не найдено: такого обучения нет');
  },
);

it('a data set and a model that are not there: 404', async () => {
  const started = api.startTraining({ ...config, dataset_name: 'nothing' });
  expect(await started.catch(describeFailure)).toBe('Не найдено: такого датасета нет');
  expect(await chatWith(api, 'nobody').catch(describeFailure)).toBe('Не найдено: такая модель не развёрнута');
});

it.each<[string, Partial<TrainingConfig>, RegExp]>([
  ['epochs', { epochs: 1001 }, /^Неверные параметры: epochs \(/],
  ['epochs and batch size', { epochs: 0, batch_size: 300 }, /batch_size.*; epochs|epochs.*; batch_size/],
  [
    'an unknown architecture',
    { model_architecture: 'nothing' },
    /^Неверные параметры: такой архитектуры нет/,
  ],
  ['a text for a table', { dataset_name: 'alice' }, /^Неверные параметры: настройки не подходят/],
])('refused by its %s: 400', async (_, wrong, sentence) => {
  expect(await api.startTraining({ ...config, ...wrong }).catch(describeFailure)).toMatch(sentence);
});

it('a key that may not do it: 403', async () => {
  const { key } = await hearth.client(routes.identity.createKey, {
    body: { name: 'reader', scopes: ['training.read'] },
  });
  const reader = new HearthApi({ url: hearth.url, key });
  expect(await failureOf(reader, 'startTraining')).toMatch(/^Недостаточно прав/);
});

it('a key with the permissions the guide names can do all of it', async () => {
  const scopes = ['training.read', 'training.write', 'registry.read', 'nodes.read', 'inference.use'] as const;
  const body = { name: 'telegram', scopes: [...scopes] };
  const { key } = await hearth.client(routes.identity.createKey, { body });
  const able = new HearthApi({ url: hearth.url, key });
  for (const name of everyCall.filter((one) => one !== 'startTraining'))
    expect(await failureOf(able, name)).toMatch(/^(no failure|Не найдено: .*)$/);
  await able.stopTraining((await able.startTraining(config)).session_id);
});

/** A server that answers as told: what the real one answers only on a bad day. */
async function answering(respond: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(respond).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url, close };
}

describe('nobody there', () => {
  it.each(everyCall)('%s: no connection', async (name) => {
    const { url, close } = await answering(() => undefined);
    await close();
    expect(await failureOf(new HearthApi({ url, key: 'k' }), name)).toBe(
      'Не удалось подключиться к API серверу',
    );
  });
});

describe('a server that is silent', () => {
  let silent: Awaited<ReturnType<typeof answering>>;
  beforeAll(async () => {
    silent = await answering(() => undefined);
  });
  afterAll(() => silent.close());
  it.each(everyCall)('%s: too late', async (name) => {
    const hasty = new HearthApi({ url: silent.url, key: 'k', timeoutMs: 60, silenceMs: 60 });
    expect(await failureOf(hasty, name)).toBe('Превышено время ожидания');
  });
});

describe('the call as it is sent', () => {
  const seen: { line: string; key: string | undefined; body: string }[] = [];
  let recorder: Awaited<ReturnType<typeof answering>>;
  beforeAll(async () => {
    recorder = await answering((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen.push({ line: `${request.method} ${request.url}`, key: request.headers.authorization, body });
        response.writeHead(500).end('{}');
      });
    });
  });
  afterAll(() => recorder.close());

  it.each([
    ['startTraining', 'POST /api/v1/training/start', config],
    ['stopTraining', `POST /api/v1/training/${nobody}/stop`, undefined],
    ['resumeTraining', `POST /api/v1/training/${nobody}/resume`, {}],
    ['training', `GET /api/v1/training/${nobody}`, undefined],
    ['history', `GET /api/v1/training/${nobody}/history`, undefined],
    ['logs', `GET /api/v1/training/${nobody}/logs?limit=10`, undefined],
    ['sessions', 'GET /api/v1/training/runs?limit=10', undefined],
    ['queue', 'GET /api/v1/training/queue', undefined],
    ['architectures', 'GET /api/v1/training/architectures', undefined],
    ['datasets', 'GET /api/v1/datasets', undefined],
    ['models', 'GET /api/v1/models', undefined],
    ['systemInfo', 'GET /api/v1/system/info', undefined],
    ['chatModels', 'GET /v1/models', undefined],
    [
      'chat',
      'POST /v1/chat/completions',
      { model: 'nobody', messages: [{ role: 'user', content: 'Привет' }], stream: true },
    ],
  ])('%s is %s', async (name, line, body) => {
    seen.length = 0;
    const sentence = await failureOf(new HearthApi({ url: recorder.url, key: 'secret' }), name);
    expect(sentence).toBe('Ошибка на стороне API сервера (код 500)');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ line, key: 'Bearer secret' });
    if (body !== undefined) expect(JSON.parse(seen[0]!.body)).toEqual(body);
  });
});

it.each([
  [429, 'request.rate_limited', /^Слишком много запросов/],
  [429, 'inference.busy', /^Модель занята/],
  [503, 'service.unavailable', /^API сервер временно недоступен/],
  [507, 'storage.full', /закончилось место/],
  [502, 'inference.failed', /^Модель не смогла ответить/],
  [418, 'teapot', /^API сервер отказал \(код 418\)/],
])('answers %s %s with a sentence', async (status, code, sentence) => {
  const { url, close } = await answering((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code, message: 'x', details: {} } }));
  });
  expect(await failureOf(new HearthApi({ url, key: 'k' }), 'startTraining')).toMatch(sentence);
  await close();
});

it('reads again after a hiccup, but gives an order only once', async () => {
  let asked = 0;
  const { url, close } = await answering((request, response) => {
    asked += 1;
    if (asked === 1) return void request.socket.destroy();
    response.setHeader('content-type', 'application/json').end('[]');
  });
  const shaky = new HearthApi({ url, key: 'k' });
  expect(await shaky.queue()).toEqual([]);
  asked = 0;
  expect(await failureOf(shaky, 'startTraining')).toBe('Не удалось подключиться к API серверу');
  expect(asked).toBe(1);
  await close();
});

it('an answer of another form than agreed, or of another age', async () => {
  const { url, close } = await answering(
    (_, response) => void response.setHeader('content-type', 'application/json').end('{"cpu":1}'),
  );
  expect(await failureOf(new HearthApi({ url, key: 'k' }), 'systemInfo')).toMatch(
    /^API сервер ответил непонятно/,
  );
  await close();
});

it('an answer of a model that breaks off is a failure, not an end', async () => {
  model.say(['Нача', 'ло'], { isBroken: true });
  const [name] = await api.chatModels();
  let heard = '';
  const listening = (async () => {
    for await (const piece of api.chat(name!, [{ role: 'user', content: '?' }], new AbortController().signal))
      heard += piece;
  })();
  expect(await listening.catch(describeFailure)).toMatch(/^Модель не смогла ответить/);
  expect(heard).toBe('Начало');
});
