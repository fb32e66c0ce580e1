import type { RouteRecordRaw } from 'vue-router';

export const scriptsPages: RouteRecordRaw[] = [
  {
    path: '/scripts',
    name: 'scripts',
    component: () => import('./ScriptsPage.vue'),
    meta: { title: 'scripts.title', permission: 'scripts.read' },
  },
  {
    path: '/scripts/:name',
    name: 'script',
    component: () => import('./ScriptPage.vue'),
    props: true,
    meta: { title: 'scripts.title', permission: 'scripts.read' },
  },
  {
    path: '/scripts/:name/runs/:id',
    name: 'script-run',
    component: () => import('./ScriptRunPage.vue'),
    props: true,
    meta: { title: 'scripts.title', permission: 'scripts.read' },
  },
];
