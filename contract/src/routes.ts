import { identityRoutes } from './identity.ts';
import { inferenceRoutes } from './inference.ts';
import { jobRoutes } from './jobs.ts';
import { marketRoutes } from './market.ts';
import { mlflowRoutes } from './mlflow.ts';
import { mlflowLoggedModelRoutes } from './mlflow-logged-models.ts';
import { mlflowModelVersionRoutes } from './mlflow-model-versions.ts';
import { mlflowModelRoutes } from './mlflow-models.ts';
import { nodeRoutes } from './nodes.ts';
import { openAiRoutes } from './openai.ts';
import { registryRoutes } from './registry.ts';
import { reportRoutes } from './reports.ts';
import { scriptRoutes } from './scripts.ts';
import { systemRoutes } from './system.ts';
import { trackingRoutes } from './tracking.ts';
import { trainingRoutes } from './training.ts';

/** Every HTTP route of the product, by subject. */
export const routes = {
  system: systemRoutes,
  identity: identityRoutes,
  nodes: nodeRoutes,
  jobs: jobRoutes,
  reports: reportRoutes,
  tracking: trackingRoutes,
  mlflow: mlflowRoutes,
  mlflowModels: mlflowModelRoutes,
  mlflowModelVersions: mlflowModelVersionRoutes,
  mlflowLoggedModels: mlflowLoggedModelRoutes,
  training: trainingRoutes,
  scripts: scriptRoutes,
  market: marketRoutes,
  registry: registryRoutes,
  inference: inferenceRoutes,
  openAi: openAiRoutes,
};
