import { serveReal } from '../real-server.ts';
import { publishAll, topic } from './news.ts';

/** With a way to order news: they go through the hub that every domain publishes to. */
await serveReal('warn', ({ app, live }) => {
  app.get<{ Querystring: { count: string; together: string } }>('/publish', async ({ query }) => {
    await publishAll(Number(query.count), Number(query.together), (news) => live.publish(topic, news));
    return {};
  });
});
