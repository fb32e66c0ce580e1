import type { App } from 'vue';
import { createRouter, createWebHistory, type RouteLocationRaw, type Router } from 'vue-router';
import { useSession } from './api/use-session.ts';
import { nextOf } from './features/auth/next.ts';
import { pages } from './pages.ts';

/** The page that MLflow's client means by the address it prints: `/#/experiments/1/runs/<id>`. */
export function pageOfMlflowLink(hash: string): RouteLocationRaw | undefined {
  const found = /^#\/experiments\/\d+(?:\/runs\/([0-9a-f]{32}))?\/?$/.exec(hash);
  if (!found) return undefined;
  return found[1]
    ? { name: 'tracked-run', params: { id: found[1] }, hash: '' }
    : { name: 'experiments', hash: '' };
}

/** Routes with the guard: who is not signed in goes to sign-in (or set-up), and comes back to the page they wanted. */
export function createHearthRouter(app: App): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: pages,
    scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
  });
  const session = app.runWithContext(useSession);

  router.beforeEach(async (to): Promise<RouteLocationRaw | boolean> => {
    const meant = to.path === '/' ? pageOfMlflowLink(to.hash) : undefined;
    if (meant) return meant;
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
