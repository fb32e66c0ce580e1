import type { RouteRecordRaw } from 'vue-router';

export const nodesPages: RouteRecordRaw[] = [
  {
    path: '/nodes',
    name: 'nodes',
    component: () => import('./NodesPage.vue'),
    meta: { title: 'nodes.title', permission: 'nodes.read' },
  },
  {
    path: '/nodes/:id',
    name: 'node',
    component: () => import('./NodePage.vue'),
    props: true,
    meta: { title: 'nodes.title', permission: 'nodes.read' },
  },
];
