import { z } from 'zod';
import { mlflowArtifactRoutes } from './mlflow-artifacts.ts';
import { mlflowExperimentRoutes } from './mlflow-experiments.ts';
import { mlflowMetricRoutes } from './mlflow-metrics.ts';
import { mlflowRunRoutes } from './mlflow-runs.ts';
import { family, tag } from './mlflow-wire.ts';
import { route } from './route.ts';

const serverRoutes = {
  serverInfo: route({
    tag,
    family,
    method: 'GET',
    path: '/api/3.0/mlflow/server-info',
    summary: 'What this server can do, for clients that ask first',
    access: 'signed-in',
    jobs: true,
    response: z.object({
      store_type: z.literal('SqlStore'),
      workspaces_enabled: z.literal(false),
      trace_archival_enabled: z.literal(false),
      multipart_uploads_enabled: z.boolean(),
      multipart_downloads_enabled: z.boolean(),
    }),
  }),
};

/**
 * MLflow's REST API (tracking and artifacts) as its Python client 3.x calls it. Every route is served under
 * `/ajax-api/2.0/mlflow` too.
 */
export const mlflowRoutes = {
  ...mlflowExperimentRoutes,
  ...mlflowRunRoutes,
  ...mlflowMetricRoutes,
  ...mlflowArtifactRoutes,
  ...serverRoutes,
};
