import type { IncomingMessage } from 'node:http';

/** What a call carries, by any of the ways the Bot API takes: JSON, a form, or a form with files. */
export type Given = Record<string, unknown>;

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** In a form everything is text: numbers, flags and objects are written as JSON. */
function fromText(name: string, text: string): unknown {
  if (['text', 'caption', 'callback_query_id', 'url', 'secret_token'].includes(name)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function fromForm(body: Buffer<ArrayBuffer>, type: string): Promise<Given> {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const fields = [...form.entries()].map(async ([name, value]): Promise<[string, unknown]> => {
    if (typeof value !== 'string') return [name, Buffer.from(await value.arrayBuffer())];
    const attached = /^attach:\/\/(.+)$/.exec(value)?.[1];
    if (attached === undefined) return [name, fromText(name, value)];
    const file = form.get(attached);
    return [name, file instanceof File ? Buffer.from(await file.arrayBuffer()) : value];
  });
  const attachments = [...form.values()].map((value) => /^attach:\/\/(.+)$/.exec(String(value))?.[1]);
  return Object.fromEntries((await Promise.all(fields)).filter(([name]) => !attachments.includes(name)));
}

/** Undefined where the body is none of them. */
export async function readCall(request: IncomingMessage): Promise<Given | undefined> {
  const body = await bodyOf(request);
  const type = request.headers['content-type'] ?? '';
  if (body.length === 0) return {};
  try {
    if (type.startsWith('application/json')) return JSON.parse(body.toString('utf8')) as Given;
    return await fromForm(body, type);
  } catch {
    return undefined;
  }
}
