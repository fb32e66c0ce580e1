import type { RouteRecordRaw } from 'vue-router';
import { authPages } from './features/auth/auth.pages.ts';
import { datasetsPages } from './features/datasets/datasets.pages.ts';
import { deploymentsPages } from './features/deployments/deployments.pages.ts';
import { marketPages } from './features/market/market.pages.ts';
import { modelsPages } from './features/models/models.pages.ts';
import { nodesPages } from './features/nodes/nodes.pages.ts';
import { overviewPages } from './features/overview/overview.pages.ts';
import { playgroundPages } from './features/playground/playground.pages.ts';
import { queuePages } from './features/queue/queue.pages.ts';
import { scriptsPages } from './features/scripts/scripts.pages.ts';
import { settingsPages } from './features/settings/settings.pages.ts';
import { setupPages } from './features/setup/setup.pages.ts';
import { trackingPages } from './features/tracking/tracking.pages.ts';
import { trainingPages } from './features/training/training.pages.ts';

/** Every page of the product, by subject. */
export const pages: RouteRecordRaw[] = [
  ...setupPages,
  ...authPages,
  ...overviewPages,
  ...datasetsPages,
  ...trainingPages,
  ...trackingPages,
  ...queuePages,
  ...scriptsPages,
  ...marketPages,
  ...modelsPages,
  ...deploymentsPages,
  ...playgroundPages,
  ...nodesPages,
  ...settingsPages,
  {
    path: '/:rest(.*)*',
    name: 'not-found',
    component: () => import('./shell/NotFoundPage.vue'),
    meta: { title: 'shell.notFound.title' },
  },
];
