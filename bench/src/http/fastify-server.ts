import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** What most people would write: Fastify, zod in and out, its logger on, a key compared in a hook. */
const app = Fastify({
  logger: { level: 'info', stream: { write: () => undefined } },
}).withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
const keys = new Set([process.env.BENCH_KEY]);
app.addHook('onRequest', async (request, reply) => {
  if (!keys.has(request.headers.authorization?.slice(7))) await reply.code(401).send({ error: 'no' });
});
const answer = z.object({ user: z.null(), permissions: z.array(z.string()) });
app.get('/api/v1/me', { schema: { querystring: z.object({}), response: { 200: answer } } }, async () => ({
  user: null,
  permissions: ['inference.use', 'registry.read', 'training.read'],
}));
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
if (address && typeof address === 'object') console.log(`listening ${address.port}`);
process.once('SIGTERM', () => process.exit(0));
