import { ApiError, identityRoutes, type Permission, type Session, type User } from '@hearth/contract';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { useApi } from './api.ts';

type SessionState = 'unknown' | 'unreachable' | 'setup' | 'signed-out' | 'signed-in';

/** Who is using this page, and what they may do. */
export const useSession = defineStore('session', () => {
  const { access, call, live } = useApi();
  const state = ref<SessionState>('unknown');
  const user = shallowRef<User>();
  const permissions = shallowRef<readonly Permission[]>([]);

  access.onChange((session) => {
    user.value = session?.user;
    permissions.value = session?.permissions ?? [];
    if (session) {
      state.value = 'signed-in';
      live.start();
    } else {
      state.value = 'signed-out';
      live.stop();
    }
  });

  /** Finds out where we stand: signed in by cookie, signed out, to be set up, or out of reach. */
  async function start(): Promise<void> {
    try {
      await access.renew();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      state.value = error.status === 401 || error.status === 403 ? await setupState() : 'unreachable';
    }
  }

  async function setupState(): Promise<SessionState> {
    try {
      const { needed } = await call(identityRoutes.setupState, {});
      return needed ? 'setup' : 'signed-out';
    } catch (error) {
      if (error instanceof ApiError) return 'unreachable';
      throw error;
    }
  }

  async function signIn(email: string, password: string): Promise<void> {
    access.accept(await call(identityRoutes.login, { body: { email, password } }));
  }

  async function signOut(): Promise<void> {
    try {
      await call(identityRoutes.logout, {});
    } finally {
      access.clear();
    }
  }

  return {
    state,
    user,
    permissions,
    start,
    signIn,
    signOut,
    accept: (session: Session) => access.accept(session),
    setUser: (changed: User) => {
      user.value = changed;
    },
    can: (permission: Permission) => permissions.value.includes(permission),
    isSignedIn: computed(() => state.value === 'signed-in'),
  };
});
