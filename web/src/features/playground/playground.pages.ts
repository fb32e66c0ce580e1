import type { RouteRecordRaw } from 'vue-router';

export const playgroundPages: RouteRecordRaw[] = [
  {
    path: '/playground',
    name: 'playground',
    component: () => import('./PlaygroundPage.vue'),
    meta: { title: 'playground.title', permission: 'inference.use', fill: true },
  },
];
