import { ApiError } from '@hearth/contract';
import type { Access } from './access.ts';

/** `fetch` that carries the access token, and after a 401 renews it and tries once more. */
export function createAuthorizedFetch(access: Access, doFetch: typeof fetch): typeof fetch {
  return async (input, init = {}) => {
    const token = await tokenOf(access);
    const response = await doFetch(input, withToken(init, token));
    if (response.status !== 401 || !token || init.body instanceof ReadableStream) return response;
    try {
      const { access_token } = await access.renew();
      return await doFetch(input, withToken(init, access_token));
    } catch (error) {
      // Signed out meanwhile: the first refusal says it in the server's words.
      if (error instanceof ApiError && error.status === 401) return response;
      throw error;
    }
  };
}

async function tokenOf(access: Access): Promise<string | undefined> {
  try {
    return await access.token();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}

function withToken(init: RequestInit, token: string | undefined): RequestInit {
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
