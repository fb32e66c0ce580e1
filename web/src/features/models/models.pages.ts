import type { RouteRecordRaw } from 'vue-router';

export const modelsPages: RouteRecordRaw[] = [
  {
    path: '/models',
    name: 'models',
    component: () => import('./ModelsPage.vue'),
    meta: { title: 'models.title', permission: 'registry.read' },
  },
  {
    // Two segments, so that a model may bear any name.
    path: '/models/-/get',
    name: 'get-model',
    component: () => import('./GetModelPage.vue'),
    meta: { title: 'models.get', permission: 'registry.read' },
  },
  {
    path: '/models/:name',
    name: 'model',
    component: () => import('./ModelPage.vue'),
    props: true,
    meta: { title: 'models.title', permission: 'registry.read' },
  },
];
