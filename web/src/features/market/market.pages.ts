import type { RouteRecordRaw } from 'vue-router';

export const marketPages: RouteRecordRaw[] = [
  {
    path: '/market/:name?',
    name: 'market',
    component: () => import('./MarketPage.vue'),
    props: true,
    meta: { title: 'market.title', permission: 'scripts.read' },
  },
];
