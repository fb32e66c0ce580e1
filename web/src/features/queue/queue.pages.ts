import type { RouteRecordRaw } from 'vue-router';

export const queuePages: RouteRecordRaw[] = [
  {
    path: '/queue',
    name: 'queue',
    component: () => import('./QueuePage.vue'),
    meta: { title: 'queue.title', permission: 'jobs.read' },
  },
];
