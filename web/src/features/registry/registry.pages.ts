import type { RouteRecordRaw } from 'vue-router';

export const registryPages: RouteRecordRaw[] = [];
