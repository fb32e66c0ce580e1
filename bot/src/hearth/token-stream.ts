import { ApiError, OpenAiErrorBody } from '@hearth/contract';
import { z } from 'zod';

/** Of a chunk only what is shown; an attached server may send `choices: null` or chunks without any. */
const Chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })).nullish(),
});

const brokenOff = () => new ApiError(502, 'inference.failed', 'ответ оборвался');

/** The pieces of text of a streamed answer; `onLife` is told of every sign of life. Throws what the stream says failed. */
export async function* readTokens(response: Response, onLife: () => void): AsyncGenerator<string> {
  for await (const data of readEvents(response, onLife)) {
    if (data === '[DONE]') return;
    const value: unknown = JSON.parse(data);
    const refused = OpenAiErrorBody.safeParse(value);
    if (refused.success) {
      const { code, message } = refused.data.error;
      throw new ApiError(502, code ?? 'inference.failed', message);
    }
    const text = Chunk.parse(value).choices?.[0]?.delta?.content;
    if (text) yield text;
  }
  throw brokenOff();
}

/** The `data` of each event; Hearth's gateway puts each on one line. */
async function* readEvents(response: Response, onLife: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body ?? []) {
    onLife();
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice(6);
  }
}
