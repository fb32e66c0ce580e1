import type { RouteRecordRaw } from 'vue-router';

export const trainingPages: RouteRecordRaw[] = [
  {
    path: '/runs',
    name: 'runs',
    component: () => import('./RunsPage.vue'),
    meta: { title: 'training.title', permission: 'training.read' },
  },
  {
    path: '/runs/new',
    name: 'new-run',
    component: () => import('./NewRunPage.vue'),
    meta: { title: 'training.newRun', permission: 'training.write' },
  },
  {
    path: '/runs/:id',
    name: 'run',
    component: () => import('./RunPage.vue'),
    props: true,
    meta: { title: 'training.run', permission: 'training.read' },
  },
];
