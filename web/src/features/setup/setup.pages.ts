import type { RouteRecordRaw } from 'vue-router';

export const setupPages: RouteRecordRaw[] = [
  {
    path: '/setup',
    name: 'setup',
    component: () => import('./SetupPage.vue'),
    meta: { title: 'setup.title', public: true },
  },
];
