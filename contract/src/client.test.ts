import { expect, it } from 'vitest';
import { ApiError, createClient, urlOf } from './client.ts';
import { routes } from './routes.ts';

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const calls: { url: string; init: RequestInit }[] = [];
  const doFetch: typeof fetch = async (url, init) => {
    calls.push({ url: String(url), init: init ?? {} });
    return Response.json(body, { status, headers });
  };
  return { calls, client: createClient({ baseUrl: 'http://h', token: () => 'k', fetch: doFetch }) };
};

it('fills and escapes parameters, and leaves out what is not given', () => {
  expect(urlOf(routes.registry.getDataset, { params: { name: 'a/b' } })).toBe('/api/v1/datasets/a%2Fb');
  expect(urlOf(routes.training.logs, { params: { session_id: 's' }, query: { limit: 5 } })).toBe(
    '/api/v1/training/s/logs?limit=5',
  );
  expect(urlOf(routes.nodes.list, { query: { x: undefined } })).toBe('/api/v1/nodes');
});

it('sends the token and JSON, and parses the answer', async () => {
  const { calls, client } = answering(200, { message: 'gone', extra: 1 });
  const answer = await client(routes.registry.deleteModel, { params: { name: 'm' } });
  expect(answer).toEqual({ message: 'gone' });
  expect(calls[0]!.url).toBe('http://h/api/v1/models/m');
  expect(calls[0]!.init.headers).toMatchObject({ authorization: 'Bearer k' });
});

it('tells the headers of an answer, not those of a refusal', async () => {
  const told: (string | null)[] = [];
  const onHeaders = (headers: Headers) => told.push(headers.get('x-next-cursor'));
  const further = { 'x-next-cursor': 'c1' };
  await answering(200, [], further).client(routes.registry.listModels, {}, { onHeaders });
  const refused = answering(404, {}, further).client(routes.registry.listModels, {}, { onHeaders });
  await expect(refused).rejects.toThrow();
  expect(told).toEqual(['c1']);
});

it('throws the code the server names', async () => {
  const { client } = answering(404, {
    error: { code: 'model.not_found', message: 'No model m.', details: { name: 'm' } },
  });
  const refused = client(routes.registry.deleteModel, { params: { name: 'm' } });
  await expect(refused).rejects.toMatchObject({
    status: 404,
    code: 'model.not_found',
    details: { name: 'm' },
  });
});

it('refuses an answer of another shape, and names an unreachable server', async () => {
  await expect(answering(200, { nope: 1 }).client(routes.nodes.list, {})).rejects.toThrow();
  const unreachable = createClient({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
  await expect(unreachable(routes.nodes.list, {})).rejects.toBeInstanceOf(ApiError);
});
