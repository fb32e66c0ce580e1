"""A text as tokens: one a character, and bytes for whatever the training part never showed."""

from collections import Counter

import numpy as np
from shared.job import Refused

# <unk>, <s>, </s>, then the 256 bytes: what llama.cpp's SentencePiece tokenizer wants before the characters.
SPECIAL, BYTES = 3, 256
FIRST = SPECIAL + BYTES
MOST_CHARACTERS = 2048
# llama.cpp writes a space as this character, so the two could not be told apart.
SPACE_MARK = "\u2581"


def read_text(path):
    return path.read_text(encoding="utf-8-sig", errors="strict").replace("\r\n", "\n")


def split(text, fraction, context):
    """What is learned from, and the tail of the text, which is held out."""
    end = len(text) - max(1, round(len(text) * fraction))
    if end < context + 1:
        raise Refused(f"The text has {len(text)} characters: too few for a context of {context}.")
    return text[:end], text[end:]


class Vocabulary:
    def __init__(self, characters):
        self.characters = characters
        self.places = {character: FIRST + place for place, character in enumerate(characters)}

    @classmethod
    def of(cls, text):
        counts = Counter(text)
        usable = [it for it in counts if it not in (SPACE_MARK, "\0") and not "\ud800" <= it <= "\udfff"]
        return cls(sorted(usable, key=lambda it: (-counts[it], it))[:MOST_CHARACTERS])

    def __len__(self):
        return FIRST + len(self.characters)

    def encode(self, text):
        tokens = []
        for character in text:
            place = self.places.get(character)
            if place is None:
                tokens += [SPECIAL + byte for byte in character.encode("utf-8", "replace")]
            else:
                tokens.append(place)
        return np.array(tokens, np.int64)

    def exported(self):
        """Texts and kinds of all tokens (1 normal, 2 unknown, 3 control, 6 byte)."""
        texts = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(BYTES)]
        texts += [SPACE_MARK if it == " " else it for it in self.characters]
        return texts, [2, 3, 3] + [6] * BYTES + [1] * len(self.characters)


def bigram_loss(training, held, size):
    """Nats a token of a bigram model on the held-out part (interpolated Witten-Bell): what a model has to beat."""
    unigrams = (np.bincount(training, minlength=size) + 1) / (len(training) + size)
    pairs = Counter(zip(training[:-1].tolist(), training[1:].tolist(), strict=True))
    seen = np.bincount(training[:-1], minlength=size)
    kinds = Counter(before for before, _ in pairs)
    total = 0.0
    for before, after in zip(held[:-1].tolist(), held[1:].tolist(), strict=True):
        weight = seen[before] + kinds[before]
        blended = pairs[before, after] + kinds[before] * unigrams[after]
        total -= np.log(blended / weight if weight else unigrams[after])
    return float(total / max(1, len(held) - 1))
