import type { RouteRecordRaw } from 'vue-router';

export const playgroundPages: RouteRecordRaw[] = [];
