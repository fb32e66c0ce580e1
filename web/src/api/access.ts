import { ApiError, createClient, identityRoutes, type Session } from '@hearth/contract';

/** Renewed this long before it ends, so that no request starts with a token about to die. */
const marginMs = 30_000;

export interface AccessOptions {
  fetch: typeof fetch;
  now?: () => number;
  /** Runs work alone among all tabs of the browser: the refresh cookie rotates, and using it twice ends the session. */
  alone?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Holds the access token in memory and renews it through the refresh cookie, one renewal at a time. */
export interface Access {
  /** A token good for a request, or undefined when signed out. */
  token(): Promise<string | undefined>;
  renew(): Promise<Session>;
  accept(session: Session): void;
  clear(): void;
  /** Told of every new session, and `undefined` when it ended. */
  onChange(listener: (session: Session | undefined) => void): void;
}

export function createAccess({
  fetch: doFetch,
  now = Date.now,
  alone = aloneAmongTabs,
}: AccessOptions): Access {
  let current: { session: Session; endsAtMs: number } | undefined;
  let renewing: Promise<Session> | undefined;
  let serverAheadMs = 0;
  const listeners = new Set<(session: Session | undefined) => void>();
  const call = createClient({
    fetch: async (input, init) => {
      const response = await doFetch(input, init);
      // A clock set wrong on this device must not make every request renew.
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date)) serverAheadMs = date - now();
      return response;
    },
  });

  function set(session: Session | undefined): void {
    if (!session && !current) return;
    current = session && { session, endsAtMs: Date.parse(session.expires_at) - serverAheadMs };
    for (const listener of listeners) listener(session);
  }

  async function refresh(): Promise<Session> {
    try {
      const session = await alone(() => call(identityRoutes.refresh, {}));
      set(session);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) set(undefined);
      throw error;
    }
  }

  function renew(): Promise<Session> {
    renewing ??= refresh().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  return {
    renew,
    accept: set,
    clear: () => set(undefined),
    onChange: (listener) => void listeners.add(listener),
    async token() {
      if (!current) return undefined;
      if (current.endsAtMs - now() > marginMs) return current.session.access_token;
      return (await renew()).access_token;
    },
  };
}

async function aloneAmongTabs<T>(work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator) || !navigator.locks) return work();
  return (await navigator.locks.request('hearth.refresh', work)) as T;
}
