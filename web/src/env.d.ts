/// <reference types="vite/client" />
import 'vue-router';
import type { Permission } from '@hearth/contract';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title in the catalogues. */
    title?: string;
    /** Reachable without signing in. */
    public?: boolean;
    /** What one must be allowed to see the page. */
    permission?: Permission;
    /** Fills the height of the window: no page padding, no page scroll (the playground). */
    fill?: boolean;
  }
}
