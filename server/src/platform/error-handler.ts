import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, envelope, type Family, statusIn } from './errors.ts';
import { asAppError } from './failures.ts';

/** One place renders every refusal: its code, its status, its family's envelope; what is internal goes to the log only. */
export function useErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = asAppError(error);
    if (refusal.status >= 500) request.log.error({ err: error }, refusal.message);
    app.records.failed(request, refusal, error);
    return render(refusal, familyOf(request), reply);
  });
}

export function render(refusal: AppError, family: Family, reply: FastifyReply): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
  return reply
    .code(statusIn(family, refusal))
    .header('content-type', 'application/json; charset=utf-8')
    .send(envelope(refusal, family));
}

/** Whose form of errors is expected where no route was found. */
const prefixes: [string, Family][] = [
  ['/v1/', 'openai'],
  ['/ml/', 'scripts'],
  ['/api/2.0/mlflow', 'mlflow'],
  ['/api/3.0/mlflow', 'mlflow'],
  ['/ajax-api/2.0/mlflow', 'mlflow'],
  ['/ajax-api/3.0/mlflow', 'mlflow'],
];

export function familyOf(request: FastifyRequest): Family {
  const declared = request.routeOptions?.config?.family;
  return declared ?? prefixes.find(([prefix]) => request.url.startsWith(prefix))?.[1] ?? 'v1';
}

export function routeNotFound(request: FastifyRequest): AppError {
  const path = request.url.split('?', 1)[0]!;
  return new AppError('route.not_found', `There is no ${request.method} ${path}.`);
}
