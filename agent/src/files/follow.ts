import { agentVersion } from '../config.ts';
import { DownloadError } from './download-error.ts';

export interface Following {
  method?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Stop, and answer with the redirect itself, where another origin begins. */
  sameOrigin?: boolean;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows its redirects by hand: a token is shown to the origin it was given for and to no
 * other, and an https address never leads to an http one. Bodies arrive as they are stored (no compression), so
 * that ranges mean what they say.
 */
export async function follow(
  address: string,
  { method = 'GET', headers = {}, signal, sameOrigin = false }: Following = {},
): Promise<{ response: Response; url: URL }> {
  let url = new URL(address);
  const sent = new Headers({
    ...headers,
    'accept-encoding': 'identity',
    'user-agent': `hearth/${agentVersion}`,
  });
  for (let hops = 0; hops <= 10; hops += 1) {
    const response = await reach(url, { method, headers: sent, signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (!redirects.has(response.status) || location === null) return { response, url };
    const next = new URL(location, url);
    if (sameOrigin && next.origin !== url.origin) return { response, url };
    await response.body?.cancel();
    if (!/^https?:$/.test(next.protocol) || (url.protocol === 'https:' && next.protocol === 'http:'))
      throw new DownloadError(
        `${url.host} leads to an address that is not safe: ${next.protocol}//${next.host}.`,
      );
    if (next.origin !== url.origin) sent.delete('authorization');
    url = next;
  }
  throw new DownloadError(`${url.host} redirects in a circle.`);
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new DownloadError(`${url.host} could not be reached.`, { transient: true, cause });
  }
}
