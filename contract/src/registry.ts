import { datasetRoutes } from './datasets.ts';
import { modelRoutes } from './models.ts';
import { pullRoutes } from './pulls.ts';
import { uploadRoutes } from './uploads.ts';

/** Everything about what is kept: data sets, models, their uploads, and models fetched from elsewhere. */
export const registryRoutes = { ...modelRoutes, ...pullRoutes, ...datasetRoutes, ...uploadRoutes };
