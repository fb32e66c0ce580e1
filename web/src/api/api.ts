import { type Client, createClient, liveSocketPath } from '@hearth/contract';
import { type InjectionKey, inject } from 'vue';
import { type Access, createAccess } from './access.ts';
import { createAuthorizedFetch } from './authorized-fetch.ts';
import { createLive, type Live, type Socket } from './live.ts';
import { createResumable, type Resumable } from './resumable.ts';

/** Everything that talks to the server. */
export interface Api {
  /** Calls a declared route: `call(nodeRoutes.list, {})`. Renews the token by itself; throws ApiError. */
  call: Client;
  /** `fetch` with the token, for streams that the typed client does not read (chat with `stream: true`). */
  fetch: typeof fetch;
  /** Sends files that may be large. */
  resumable: Resumable;
  access: Access;
  live: Live;
}

const openSocket = (): Socket => new WebSocket(location.origin.replace(/^http/, 'ws') + liveSocketPath);

export function createApi(
  doFetch: typeof fetch = (...args) => fetch(...args),
  connect: () => Socket = openSocket,
): Api {
  const access = createAccess({ fetch: doFetch });
  const authorizedFetch = createAuthorizedFetch(access, doFetch);
  const live = createLive({ connect, token: access.token });
  const call = createClient({ fetch: authorizedFetch });
  return {
    call,
    fetch: authorizedFetch,
    resumable: createResumable(access, call),
    access,
    live,
  };
}

export const apiKey: InjectionKey<Api> = Symbol('api');

export function useApi(): Api {
  const api = inject(apiKey);
  if (!api) throw new Error('No api is provided to this application.');
  return api;
}
