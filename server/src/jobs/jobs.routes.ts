import { Readable } from 'node:stream';
import { routes } from '@hearth/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import { asJob } from './job.ts';
import type { JobRecordsService } from './job-records.service.ts';
import type { JobsService } from './jobs.service.ts';

export function jobsRoutes(app: FastifyInstance, jobs: JobsService, records: JobRecordsService): void {
  handle(app, routes.jobs.list, ({ query: { limit, cursor, kind, state } }) =>
    jobs.list(limit, cursor, kind, state),
  );
  handle(app, routes.jobs.get, async ({ params }) => asJob(await jobs.get(params.id)));
  handle(app, routes.jobs.logs, async ({ params, query: { limit, after, follow }, reply }) => {
    const job = await jobs.get(params.id);
    if (!follow) return records.logs(job.id, limit, after);
    const first = after ?? (await records.logs(job.id, limit)).at(0)?.seq;
    const lines = records.followLogs(job, after ?? (first ?? 1) - 1, untilGone(reply));
    return streamed(reply, 'application/x-ndjson; charset=utf-8', asLines(lines));
  });
  handle(app, routes.jobs.output, async ({ params: { id, stream }, query: { follow }, reply }) => {
    const job = await jobs.get(id);
    const text = follow
      ? records.followOutput(job, stream, untilGone(reply))
      : records.outputUntilNow(job, stream);
    return streamed(reply, 'text/plain; charset=utf-8', text);
  });
  handle(app, routes.jobs.pieces, async ({ params, query: { limit, after } }) => {
    const { id } = await jobs.get(params.id);
    return records.pieces(id, after, limit);
  });
  handle(app, routes.jobs.cancel, async ({ params }) => ({
    message: messageOf(await jobs.cancel(params.id)),
  }));
  handle(app, routes.jobs.putArtifact, async ({ params, query, caller, body, request }) => {
    try {
      if (caller.id !== params.id)
        throw new AppError('job.foreign_lease', 'This token belongs to another job.');
      return await jobs.putArtifact(caller, params.id, { name: params.name, ...query }, body);
    } catch (error) {
      abandonBody(request);
      throw error;
    }
  });
}

/** A follower who has gone is followed no longer. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

function streamed(reply: FastifyReply, type: string, texts: AsyncIterable<string>): FastifyReply {
  return reply
    .header('content-type', type)
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(texts));
}

async function* asLines(items: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

const messageOf = (answer: 'stopped' | 'ordered') =>
  answer === 'stopped'
    ? 'The job is stopped; no process of it is left.'
    : 'The job was ordered to stop; its machine has not yet confirmed that it has.';
