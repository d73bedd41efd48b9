"""The tokenizer: a SentencePiece unigram model over the grammar's captions, written as spiece.model and as tokenizer.json.

The two files must give the same ids (published Wan repositories hold both); `check` compares them with SentencePiece itself.
"""

import json
import random
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

import config
import grammar


def train(folder: Path, captions: int = 60_000, vocabulary: int = 640) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(config.SEED)
    lines = [grammar.caption(grammar.random_scene(rng, None), rng) for _ in range(captions)]
    lines += ["abcdefghijklmnopqrstuvwxyz 0123456789 .,:;!?'\"-()&/"] * 50
    prefix = folder / "spiece"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in lines if line]),
        model_prefix=str(prefix), model_type="unigram", vocab_size=vocabulary, hard_vocab_limit=False,
        character_coverage=1.0, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, normalization_rule_name="nmt_nfkc_cf",
        num_threads=1, shuffle_input_sentence=False, minloglevel=2)
    prefix.with_suffix(".vocab").unlink()
    write_json(folder)


def grow(folder: Path, known: set[str]) -> int:
    """Pieces for the words of the grammar that are not `known`, after all others, so that those keep their ids; returns how many."""
    proto, split = sentencepiece_model_pb2.ModelProto(), sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    proto.ParseFromString((folder / "spiece.model").read_bytes())
    words = {word for kind, values in grammar.ATTRIBUTES.items() for v in values for phrase in grammar.WORDS[kind][v] for word in phrase.split()}
    new = ["▁" + word for word in sorted(words - known) if len(split.encode(word)) > 1]
    likely = sorted(p.score for p in proto.pieces if p.type == p.NORMAL)[-len(proto.pieces) // 3]      # one piece beats any two
    for piece in new:
        proto.pieces.add(piece=piece, score=likely)
    proto.trainer_spec.vocab_size = len(proto.pieces)
    (folder / "spiece.model").write_bytes(proto.SerializeToString())
    write_json(folder)
    return len(new)


def write_json(folder: Path) -> None:
    """tokenizer.json the way the T5 converters lay it out: charsmap, runs of spaces, Metaspace, EOS."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString((folder / "spiece.model").read_bytes())
    tokenizer = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=2))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(),
        normalizers.Replace(Regex(" {2,}"), " "),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "T5TokenizerFast", "model_max_length": config.TEXT_LENGTH, "extra_ids": 0,
        "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(
        {k: settings[k] for k in ("pad_token", "eos_token", "unk_token")}, indent=2) + "\n")


class Encoder:
    """Text to ids, EOS at the end, by SentencePiece itself."""

    def __init__(self, folder: Path):
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(Path(folder) / "spiece.model"))

    def __call__(self, text: str) -> list[int]:
        return self.model.encode(text)[:config.TEXT_LENGTH - 1] + [1]

    def __len__(self) -> int:
        return self.model.get_piece_size()


def check(folder: Path) -> None:
    from transformers import AutoTokenizer
    encode, fast, auto = Encoder(folder), Tokenizer.from_file(str(folder / "tokenizer.json")), AutoTokenizer.from_pretrained(folder)
    rng = random.Random(1)
    texts = [grammar.caption(grammar.random_scene(rng, None), rng) for _ in range(2000)]
    texts += ["", " ", "A  Red   Ball ", "Ｒｅｄ ball ２", "ein grüner Stern — 42!", "猫 🙂 ball", "a\tred\nball"]
    for text in texts:
        expected = encode(text)
        for name, got in (("tokenizer.json", fast.encode(text).ids), ("AutoTokenizer", auto(text).input_ids)):
            if got != expected:
                raise SystemExit(f"{name} disagrees on {text!r}: {got} instead of {expected}")
    print(f"tokenizer: {len(encode)} pieces, {len(texts)} texts agree")


if __name__ == "__main__":
    import sys
    train(Path(sys.argv[1]))
    check(Path(sys.argv[1]))
