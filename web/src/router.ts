import type { App } from 'vue';
import { createRouter, createWebHistory, type RouteLocationRaw, type Router } from 'vue-router';
import { useSession } from './api/use-session.ts';
import { nextOf } from './features/auth/next.ts';
import { pages } from './pages.ts';

/** Routes with the guard: who is not signed in goes to sign-in (or set-up), and comes back to the page they wanted. */
export function createHearthRouter(app: App): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: pages,
    scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
  });
  const session = app.runWithContext(useSession);

  router.beforeEach(async (to): Promise<RouteLocationRaw | boolean> => {
    if (session.state === 'unknown') await session.start();
    // The shell shows that the server is out of reach, whatever the page.
    if (session.state === 'unreachable') return true;
    if (session.state === 'setup') return to.name === 'setup' || { name: 'setup', hash: to.hash };
    if (session.state === 'signed-in') {
      return to.meta.public ? { path: nextOf(to.query.next) } : true;
    }
    if (to.name === 'sign-in') return true;
    return { name: 'sign-in', query: to.fullPath === '/' || to.meta.public ? {} : { next: to.fullPath } };
  });
  return router;
}
