import type { RouteRecordRaw } from 'vue-router';

export const datasetsPages: RouteRecordRaw[] = [
  {
    path: '/datasets',
    name: 'datasets',
    component: () => import('./DatasetsPage.vue'),
    meta: { title: 'datasets.title', permission: 'registry.read' },
  },
  {
    path: '/datasets/:name',
    name: 'dataset',
    component: () => import('./DatasetPage.vue'),
    props: true,
    meta: { title: 'datasets.title', permission: 'registry.read' },
  },
];
