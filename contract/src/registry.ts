import { datasetRoutes } from './datasets.ts';
import { modelRoutes } from './models.ts';
import { pullRoutes } from './pulls.ts';

/** Everything about what is kept: data sets, models, and models fetched from elsewhere. */
export const registryRoutes = { ...modelRoutes, ...pullRoutes, ...datasetRoutes };
