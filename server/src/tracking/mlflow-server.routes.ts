import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handleMlflow } from './handle-mlflow.ts';

/** What clients ask before they decide how to talk. Files go up in one stream: parts would only be put together here. */
export function mlflowServerRoutes(app: FastifyInstance): void {
  handleMlflow(app, routes.mlflow.serverInfo, () => ({
    store_type: 'SqlStore' as const,
    workspaces_enabled: false as const,
    trace_archival_enabled: false as const,
    multipart_uploads_enabled: false,
    multipart_downloads_enabled: false,
  }));
}
