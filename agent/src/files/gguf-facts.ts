import { GgufInsights, readGgufFileInfo } from 'node-llama-cpp';
import { UnreadableModel } from './model-file.ts';

/** What a GGUF file says of itself; throws UnreadableModel. */
export async function readGgufFacts(path: string): Promise<Record<string, unknown>> {
  try {
    const info = await readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false });
    const insights = await GgufInsights.from(info);
    const { general, tokenizer } = info.metadata;
    return {
      architecture: general.architecture,
      title: general.name,
      context_length: insights.trainContextSize ?? null,
      parameters: insights.totalParameters,
      chats: typeof tokenizer.chat_template === 'string',
    };
  } catch (cause) {
    // A parser that runs out of bytes stumbles over what is missing, and says so in words for programmers.
    const reason =
      cause instanceof TypeError || cause instanceof RangeError ? 'it is cut short' : String(cause);
    throw new UnreadableModel(`The GGUF file cannot be read: ${reason.slice(0, 300)}`, { cause });
  }
}
