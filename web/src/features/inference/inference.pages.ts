import type { RouteRecordRaw } from 'vue-router';

export const inferencePages: RouteRecordRaw[] = [];
