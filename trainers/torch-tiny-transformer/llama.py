"""A decoder of llama's shape (Touvron et al. 2023): RMSNorm, rotary positions, grouped queries, SwiGLU."""

import torch
from shared import gguf
from torch import nn
from torch.nn import functional

EPSILON = 1e-5
ROPE_BASE = 10000.0


def rotary(x):
    """Turns neighbouring pairs of each head by their position, as llama.cpp does for this architecture."""
    batch, heads, length, width = x.shape
    place = torch.arange(length, device=x.device, dtype=torch.float32)
    rate = ROPE_BASE ** (-torch.arange(0, width, 2, device=x.device, dtype=torch.float32) / width)
    angle = torch.outer(place, rate)
    cos, sin = angle.cos(), angle.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return turned.reshape(batch, heads, length, width)


class Block(nn.Module):
    def __init__(self, width, hidden, heads, groups):
        super().__init__()
        self.heads, self.groups = heads, groups
        keys = width // heads * groups
        self.attn_norm = nn.RMSNorm(width, eps=EPSILON)
        self.attn_q = nn.Linear(width, width, bias=False)
        self.attn_k = nn.Linear(width, keys, bias=False)
        self.attn_v = nn.Linear(width, keys, bias=False)
        self.attn_output = nn.Linear(width, width, bias=False)
        self.ffn_norm = nn.RMSNorm(width, eps=EPSILON)
        self.ffn_gate = nn.Linear(width, hidden, bias=False)
        self.ffn_up = nn.Linear(width, hidden, bias=False)
        self.ffn_down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        x = x + self.attention(self.attn_norm(x))
        normed = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(normed)) * self.ffn_up(normed))

    def attention(self, x):
        batch, length, width = x.shape

        def split(flat, heads):
            return flat.view(batch, length, heads, -1).transpose(1, 2)

        q = rotary(split(self.attn_q(x), self.heads))
        k = rotary(split(self.attn_k(x), self.groups))
        v = split(self.attn_v(x), self.groups)
        repeat = self.heads // self.groups
        k, v = k.repeat_interleave(repeat, dim=1), v.repeat_interleave(repeat, dim=1)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))


class Llama(nn.Module):
    def __init__(self, vocabulary, context, width, layers, heads, groups):
        super().__init__()
        self.sizes = {"context": context, "width": width, "layers": layers, "heads": heads, "groups": groups}
        self.hidden = -(-width * 8 // 3 // 32) * 32
        self.token_embd = nn.Embedding(vocabulary, width)
        self.blk = nn.ModuleList(Block(width, self.hidden, heads, groups) for _ in range(layers))
        self.output_norm = nn.RMSNorm(width, eps=EPSILON)
        self.output = nn.Linear(width, vocabulary, bias=False)
        self._start(width, layers)

    def _start(self, width, layers):
        """What enters the residual stream is wide, what leaves it narrow: small models learn much sooner so."""
        nn.init.normal_(self.token_embd.weight, std=0.5)
        nn.init.normal_(self.output.weight, std=0.02)
        for block in self.blk:
            for name, parameter in block.named_parameters():
                if name in ("attn_output.weight", "ffn_down.weight"):
                    nn.init.normal_(parameter, std=0.8 / (width * layers) ** 0.5)
                elif "norm" not in name:
                    nn.init.normal_(parameter, std=0.8 / width**0.5)

    def forward(self, tokens):
        x = self.token_embd(tokens)
        for block in self.blk:
            x = block(x)
        return self.output(self.output_norm(x))


def export(path, model, vocabulary, name):
    """Writes the model as a GGUF file that llama.cpp loads: its parameters bear llama.cpp's names already."""
    sizes = model.sizes
    texts, kinds = vocabulary.exported()
    metadata = {
        "general.architecture": (gguf.STRING, "llama"),
        "general.name": (gguf.STRING, name),
        "general.file_type": (gguf.UINT32, 0),
        "llama.context_length": (gguf.UINT32, sizes["context"]),
        "llama.embedding_length": (gguf.UINT32, sizes["width"]),
        "llama.block_count": (gguf.UINT32, sizes["layers"]),
        "llama.feed_forward_length": (gguf.UINT32, model.hidden),
        "llama.attention.head_count": (gguf.UINT32, sizes["heads"]),
        "llama.attention.head_count_kv": (gguf.UINT32, sizes["groups"]),
        "llama.attention.layer_norm_rms_epsilon": (gguf.FLOAT32, EPSILON),
        "llama.rope.dimension_count": (gguf.UINT32, sizes["width"] // sizes["heads"]),
        "llama.rope.freq_base": (gguf.FLOAT32, ROPE_BASE),
        "llama.vocab_size": (gguf.UINT32, len(vocabulary)),
        "tokenizer.ggml.model": (gguf.STRING, "llama"),
        "tokenizer.ggml.pre": (gguf.STRING, "default"),
        "tokenizer.ggml.tokens": (gguf.STRING, texts),
        "tokenizer.ggml.scores": (gguf.FLOAT32, [0.0] * len(texts)),
        "tokenizer.ggml.token_type": (gguf.INT32, kinds),
        "tokenizer.ggml.unknown_token_id": (gguf.UINT32, 0),
        "tokenizer.ggml.bos_token_id": (gguf.UINT32, 1),
        "tokenizer.ggml.eos_token_id": (gguf.UINT32, 2),
        "tokenizer.ggml.add_bos_token": (gguf.BOOL, False),
        "tokenizer.ggml.add_eos_token": (gguf.BOOL, False),
        "tokenizer.ggml.add_space_prefix": (gguf.BOOL, False),
        "tokenizer.ggml.remove_extra_whitespaces": (gguf.BOOL, False),
    }
    gguf.write_gguf(path, metadata, {key: value.cpu().numpy() for key, value in model.state_dict().items()})
