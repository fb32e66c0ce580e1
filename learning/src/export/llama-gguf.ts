/** A trained tiny llama as GGUF, in the names and layout of llama.cpp's "llama" architecture. */
import type { Vocabulary } from '../data/text.ts';
import type { LlamaSizes } from '../models/llama.ts';
import { type Parameter, place, weightsOf } from '../models/parameters.ts';
import { type GgufValue, writeGguf } from './gguf.ts';
import type { NamedTensor } from './safetensors.ts';
import { type ExportedToken, exportedTokens } from './vocabulary.ts';

const parts: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** llama.cpp's name of a parameter. */
export function ggufName(name: string): string {
  if (name === 'model.embed_tokens.weight') return 'token_embd.weight';
  if (name === 'model.norm.weight') return 'output_norm.weight';
  if (name === 'lm_head.weight') return 'output.weight';
  const match = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name);
  const part = match && parts[match[2]!];
  if (!part) throw new Error(`${name} has no name in GGUF`);
  return `blk.${match[1]}.${part}.weight`;
}

/** Spreads rows per trained token over the exported vocabulary. */
function spread(data: Float32Array, width: number, tokens: readonly ExportedToken[]): Float32Array {
  const rows = new Float32Array(tokens.length * width);
  for (const [index, { trained }] of tokens.entries()) {
    rows.set(data.subarray(trained * width, (trained + 1) * width), index * width);
  }
  return rows;
}

function metadataOf(
  name: string,
  sizes: LlamaSizes,
  tokens: readonly ExportedToken[],
): Record<string, GgufValue> {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const flag = (value: boolean): GgufValue => ({ type: 'bool', value });
  return {
    'general.architecture': text('llama'),
    'general.name': text(name),
    'general.file_type': uint32(0),
    'llama.context_length': uint32(sizes.context),
    'llama.embedding_length': uint32(sizes.width),
    'llama.block_count': uint32(sizes.layers),
    'llama.feed_forward_length': uint32(sizes.hidden),
    'llama.attention.head_count': uint32(sizes.heads),
    'llama.attention.head_count_kv': uint32(sizes.groups),
    'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: sizes.epsilon },
    'llama.rope.dimension_count': uint32(sizes.width / sizes.heads),
    'llama.rope.freq_base': { type: 'float32', value: sizes.ropeBase },
    'llama.vocab_size': uint32(tokens.length),
    'tokenizer.ggml.model': text('llama'),
    'tokenizer.ggml.pre': text('default'),
    'tokenizer.ggml.tokens': { type: 'strings', value: tokens.map((it) => it.text) },
    'tokenizer.ggml.scores': { type: 'float32s', value: tokens.map(() => 0) },
    'tokenizer.ggml.token_type': { type: 'int32s', value: tokens.map((it) => it.kind) },
    'tokenizer.ggml.unknown_token_id': uint32(0),
    'tokenizer.ggml.bos_token_id': uint32(1),
    'tokenizer.ggml.eos_token_id': uint32(2),
    'tokenizer.ggml.add_bos_token': flag(false),
    'tokenizer.ggml.add_eos_token': flag(false),
    'tokenizer.ggml.add_space_prefix': flag(false),
    'tokenizer.ggml.remove_extra_whitespaces': flag(false),
  };
}

/** Writes weights [count] as a GGUF file that llama.cpp loads. */
export function llamaGguf(given: {
  readonly name: string;
  readonly sizes: LlamaSizes;
  readonly vocabulary: Vocabulary;
  readonly parameters: readonly Parameter[];
  readonly weights: Float32Array;
}): Uint8Array {
  const tokens = exportedTokens(given.vocabulary);
  const { width } = given.sizes;
  const tensors = place(given.parameters).map((placed): NamedTensor => {
    const data = weightsOf(given.weights, placed);
    const name = ggufName(placed.name);
    if (name !== 'token_embd.weight' && name !== 'output.weight') return { name, shape: placed.shape, data };
    return { name, shape: [tokens.length, width], data: spread(data, width, tokens) };
  });
  return writeGguf(metadataOf(given.name, given.sizes, tokens), tensors);
}
