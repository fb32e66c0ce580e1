import { watch } from 'vue';
import { useRouter } from 'vue-router';
import { useSession } from '../api/use-session.ts';

/** When the session ends (signed out here, in another tab, or by the server), the page goes to sign-in. */
export function useSignedOutGuard(): void {
  const session = useSession();
  const router = useRouter();
  watch(
    () => session.state,
    (state, before) => {
      if (state !== 'signed-out' || before !== 'signed-in') return;
      const { fullPath } = router.currentRoute.value;
      void router.push({ name: 'sign-in', query: fullPath === '/' ? {} : { next: fullPath } });
    },
  );
}
