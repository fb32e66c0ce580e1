import type { RouteRecordRaw } from 'vue-router';

export const settingsPages: RouteRecordRaw[] = [
  {
    path: '/settings/:section?',
    name: 'settings',
    component: () => import('./SettingsPage.vue'),
    props: true,
    meta: { title: 'settings.title' },
  },
];
