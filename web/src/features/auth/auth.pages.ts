import type { RouteRecordRaw } from 'vue-router';

export const authPages: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignInPage.vue'),
    meta: { title: 'auth.title', public: true },
  },
];
