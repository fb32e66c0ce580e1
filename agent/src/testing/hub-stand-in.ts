import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * The Hugging Face hub's file protocol on localhost: the hub itself (HEAD and GET of /owner/repo/resolve/revision/file,
 * which redirect) and its storage on another origin, which serves ranges. It refuses what the real ones would:
 * no User-Agent, a missing or wrong token, a token shown to the storage, ranges that make no sense, compression.
 */
export class HubStandIn {
  readonly files = new Map<string, Buffer>();
  readonly requests: string[] = [];
  readonly violations: string[] = [];
  readonly commit = 'c0ffee0000000000000000000000000000000000';
  token: string | undefined;
  /** How the storage misbehaves. */
  cutAfterBytes: number | undefined;
  ignoresRange = false;
  weakTags = false;
  tellsDigest = true;
  failures = 0;
  servesOtherBytes = false;
  readonly #hub: Server = createServer((request, response) => this.#answerHub(request, response));
  readonly #storage: Server = createServer((request, response) => this.#answerStorage(request, response));

  static async start(): Promise<HubStandIn> {
    const stand = new HubStandIn();
    for (const server of [stand.#hub, stand.#storage])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const server of [stand.#hub, stand.#storage]) {
        server.closeAllConnections();
        server.close();
      }
    });
    return stand;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  get storageUrl(): string {
    return `http://127.0.0.1:${(this.#storage.address() as AddressInfo).port}`;
  }

  #refuse(response: ServerResponse, status: number, reason: string): void {
    if (status === 400) this.violations.push(reason);
    response.writeHead(status, { 'x-error-message': reason }).end(reason);
  }

  #checkCall(request: IncomingMessage): string | undefined {
    if (!request.headers['user-agent']?.startsWith('hearth/')) return 'no User-Agent';
    // fetch adds an `identity` of its own to a request with Range.
    if (!/^identity(, identity)?$/.test(request.headers['accept-encoding'] ?? ''))
      return 'compression would break ranges';
    if (request.method !== 'GET' && request.method !== 'HEAD') return `method ${request.method}`;
    return undefined;
  }

  #answerHub(request: IncomingMessage, response: ServerResponse) {
    this.requests.push(`hub ${request.method} ${request.url}`);
    const wrong = this.#checkCall(request);
    if (wrong) return this.#refuse(response, 400, wrong);
    const found = /^\/([\w.-]+\/[\w.-]+)\/resolve\/([^/]+)\/(.+)$/.exec(request.url ?? '');
    if (!found) return this.#refuse(response, 400, `path ${request.url}`);
    const [, repository, revision = '', file = ''] = found;
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`)
      return this.#refuse(response, 401, 'Access to this repository is restricted');
    const bytes = this.files.get(`${repository}/${decodeURIComponent(file)}`);
    if (!bytes || !['main', this.commit].includes(revision))
      return this.#refuse(response, 404, 'Entry not found');
    response.writeHead(302, {
      location: `${this.storageUrl}/blobs/${repository}/${file}?signature=1`,
      'x-repo-commit': this.commit,
      'x-linked-size': bytes.length,
      ...(this.tellsDigest ? { 'x-linked-etag': `"${digest(bytes)}"` } : {}),
    });
    response.end();
  }

  #answerStorage(request: IncomingMessage, response: ServerResponse) {
    const { range, authorization } = request.headers;
    const ifRange = request.headers['if-range']?.toString();
    this.requests.push(`storage ${request.method} ${range ?? 'whole'}`);
    const wrong = this.#checkCall(request);
    if (wrong) return this.#refuse(response, 400, wrong);
    if (authorization) return this.#refuse(response, 400, 'a token was shown to another origin');
    const path = new URL(request.url ?? '/', this.storageUrl).pathname.replace('/blobs/', '');
    const known = this.files.get(decodeURIComponent(path));
    if (!known) return this.#refuse(response, 404, 'not here');
    if (this.failures > 0) {
      this.failures -= 1;
      return this.#refuse(response, 503, 'busy');
    }
    const bytes = this.servesOtherBytes ? Buffer.from(known).fill(7, 4) : known;
    const tag = `${this.weakTags ? 'W/' : ''}"${digest(bytes).slice(0, 16)}"`;
    if (ifRange?.startsWith('W/')) return this.#refuse(response, 400, 'a weak tag in If-Range');
    if (ifRange && !range) return this.#refuse(response, 400, 'If-Range without Range');
    const start = this.#startOf(range, response);
    if (start === undefined) return;
    const isPart = start > 0 && !this.ignoresRange && (ifRange === undefined || ifRange === tag);
    if (isPart && start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const body = isPart ? bytes.subarray(start) : bytes;
    const contentRange = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(isPart ? 206 : 200, {
      'content-length': body.length,
      etag: tag,
      ...(isPart ? contentRange : {}),
    });
    this.#send(body, response);
  }

  #startOf(range: string | undefined, response: ServerResponse): number | undefined {
    if (range === undefined) return 0;
    const found = /^bytes=(\d+)-$/.exec(range);
    if (found) return Number(found[1]);
    this.#refuse(response, 400, `range ${range}`);
    return undefined;
  }

  #send(body: Buffer, response: ServerResponse): void {
    if (this.cutAfterBytes === undefined || this.cutAfterBytes >= body.length) {
      response.end(body);
      return;
    }
    // What is still in the other end's buffers is lost with a cut: it gets the time to write down what it has.
    response.write(body.subarray(0, this.cutAfterBytes), () => setTimeout(() => response.destroy(), 150));
  }
}
