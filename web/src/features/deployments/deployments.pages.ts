import type { RouteRecordRaw } from 'vue-router';

export const deploymentsPages: RouteRecordRaw[] = [
  {
    path: '/deployments',
    name: 'deployments',
    component: () => import('./DeploymentsPage.vue'),
    meta: { title: 'deployments.title', permission: 'deployments.read' },
  },
  {
    path: '/deployments/:id',
    name: 'deployment',
    component: () => import('./DeploymentPage.vue'),
    props: true,
    meta: { title: 'deployments.title', permission: 'deployments.read' },
  },
];
