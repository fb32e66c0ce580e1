import type { RouteRecordRaw } from 'vue-router';

export const trackingPages: RouteRecordRaw[] = [
  {
    path: '/experiments',
    name: 'experiments',
    component: () => import('./ExperimentsPage.vue'),
    meta: { title: 'tracking.title', permission: 'training.read' },
  },
  {
    path: '/experiments/runs/:id',
    name: 'tracked-run',
    component: () => import('./TrackedRunPage.vue'),
    props: true,
    meta: { title: 'tracking.run', permission: 'training.read' },
  },
  {
    path: '/compare',
    name: 'compare',
    component: () => import('./ComparePage.vue'),
    meta: { title: 'tracking.compare', permission: 'training.read' },
  },
];
