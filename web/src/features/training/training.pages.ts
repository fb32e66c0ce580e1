import type { RouteRecordRaw } from 'vue-router';

export const trainingPages: RouteRecordRaw[] = [];
