import { routes } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import { ScriptedAgent, started } from '../../../server/src/testing/scripted-agent.ts';
import { startTestApp } from '../../../server/src/testing/test-app.ts';
import { loadPeer } from '../peers.ts';

const count = 300;
const atOnce = 8;
const csv = new Blob(['x,label\n1,a\n2,b\n3,a\n4,b\n']);

/** Jobs from a client's request to the server's acknowledgement of their end, through the real server. */
export async function start() {
  const test = await startTestApp({ config: { maxConcurrentSessions: atOnce, rateLimitPerMinute: 0 } });
  const form = new FormData();
  form.set('file', csv, 'tiny.csv');
  await test.client(routes.registry.uploadDataset, { query: { dataset_name: 'tiny' }, body: form });
  const agent = await ScriptedAgent.connect(test);
  const beating = setInterval(() => agent.heartbeat(), 2000);
  const database = await testDatabase();
  const { graphileRate } = await loadPeer<{ graphileRate(url: string, count: number): Promise<number> }>(
    'graphile.mjs',
  );

  const config = {
    model_architecture: 'mlp',
    dataset_name: 'tiny',
    learning_rate: 0.01,
    batch_size: 1,
    epochs: 1,
  };
  const enqueue = async () => {
    let left = count;
    const one = async () => {
      while (left-- > 0) await test.client(routes.training.start, { body: config });
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  };
  const work = async () => {
    const end = {
      type: 'finished' as const,
      at: new Date().toISOString(),
      outcome: 'failed' as const,
      error: { code: 'bench', message: 'done' },
    };
    const acknowledged: Promise<unknown>[] = [];
    for (let i = 0; i < count; i++) {
      const job = await agent.next('job.assign', undefined, 30_000);
      agent.events(job, 1, [started(), end]);
      acknowledged.push(agent.acked(job, 2));
    }
    await Promise.all(acknowledged);
  };
  return {
    rows: [
      {
        name: `node jobs, ${count} of them, ${atOnce} at once`,
        unit: 'jobs/s',
        higherIsBetter: true,
        ours: async () => {
          const began = performance.now();
          await Promise.all([enqueue(), work()]);
          return count / ((performance.now() - began) / 1000);
        },
        peers: { 'graphile-worker': () => graphileRate(database.url, count) },
        note: 'ours: an authenticated HTTP request, a lease sent over the WebSocket, journalled start and end, live news, the end acknowledged; graphile: addJob and an empty task in process',
      },
    ],
    close: async () => {
      clearInterval(beating);
      await agent.close();
      await test.close();
      await database.drop();
    },
  };
}
