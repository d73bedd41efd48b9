"""Fixtures of the text side: what ftfy, html, sentencepiece, tokenizers and transformers say. Run from the repository:

    python tests/parity/make_text_fixtures.py

Writes tests/parity/fixtures/text: prompt_clean.json, tokenizer/ (a small multilingual unigram model in both file formats,
its ids, and those with other normalizers and pre-tokenizers: parts.json), bytes/ (one with byte fallback), umt5/ and t5/ (tiny encoders with random weights, config and trace).
"""

import hashlib
import html
import json
import random
import re
from pathlib import Path

import ftfy
import sentencepiece
import torch
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel
from transformers.models.t5 import modeling_t5
from transformers.models.umt5 import modeling_umt5

TARGET = Path(__file__).parent / "fixtures" / "text"
MAX_LENGTH = 64

NEGATIVE = ("色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，"
            "多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走")

PROMPTS = [
    "a red ball bounces over the sea", "A cat walks on the grass, realistic style.", "two anthropomorphic cats in comfy boxing gear",
    "a slow pan over a city at night, neon lights, rain", "close-up of a blue flower opening in the morning sun",
    "ein grüner Stern dreht sich über dem Wald", "une étoile bleue tourne au-dessus de la mer", "el niño corre por la playa al atardecer",
    "красный мяч прыгает над морем", "ночной город под дождём, неоновые огни", "赤いボールが海の上で跳ねる", "猫が草の上を歩く、写実的なスタイル",
    "一只猫在草地上行走，写实风格", "كرة حمراء تقفز فوق البحر", "빨간 공이 바다 위에서 튄다", "một quả bóng đỏ nảy trên biển", NEGATIVE,
]

TOKENIZER_TEXTS = PROMPTS + [
    "", " ", "   ", "\n", "a", "A  Red   Ball ", "  leading", "trailing  ", "a\tred\nball\r\nrolls", "Ｒｅｄ　ｂａｌｌ　２", "ｶﾀｶﾅ", "ＡＢＣ，。！？",
    "🙂", "cat 🙂 ball 🙂🙂", "👩‍👩‍👧 family", "❤️ heart", "e\u0301toile", "n\u0303 a\u030a", "Å Å Å", "ﬁne ﬂow", "½ cup ② ㎏ ™", "x² + y³",
    "…ellipsis… “quotes” ‘single’ — dash", "a\u00a0b\u2009c\u3000d", "zero\u200bwidth\u200djoin\ufeffbom", "soft\u00adhyphen", "tab\tand\x0bvt",
    "\x01control\x7fchars", "▁literal▁mark", "<0x41> bytes <extra_id_0>", "ⵣⵣⵣ unknown ᚠᚢᚦ script", "ᚠ", "ᚠᚠ ᚠ", "aᚠᚢb", "Z̷̧͚a̵l̶g̵o", "ไทย ภาษา",
    "हिन्दी में", "\U0001f468\u200d\U0001f680 astronaut", "𝔣𝔯𝔞𝔨𝔱𝔲𝔯 𝒶", "a" * 300, "cat " * 100, "猫" * 100, "the cat the cat " * 12 + "🙂",
    "cat</s>dog", "cat </s> dog", "<pad>cat<unk> dog", "</s>", "x<pad>", "0123456789 3.14 1,000", "C++ & C# @home #tag", "don't stop", "É é È è",
]


def training_text() -> list[str]:
    rng = random.Random(5)
    words = [w for p in PROMPTS for w in p.split()]
    return PROMPTS * 20 + [" ".join(rng.choices(words, k=rng.randint(3, 12))) for _ in range(600)] + list("abcdefghijklmnopqrstuvwxyz0123456789.,!?'\"-")


def train_tokenizer(folder: Path, vocabulary: int, rule: str, byte_fallback: bool) -> sentencepiece_model_pb2.ModelProto:
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(training_text()), model_prefix=str(folder / "spiece"), model_type="unigram", vocab_size=vocabulary,
        hard_vocab_limit=False, character_coverage=0.999, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, normalization_rule_name=rule,
        byte_fallback=byte_fallback, num_threads=1, shuffle_input_sentence=False, minloglevel=2)
    (folder / "spiece.vocab").unlink()
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString((folder / "spiece.model").read_bytes())
    return proto


def fast_tokenizer(proto, layout: str) -> Tokenizer:
    """tokenizer.json as transformers' converters lay it out: 'converter' (SpmConverter, 4.4x), 'older' (before it), 't5' (T5Tokenizer, 5.x)."""
    tokenizer = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=2, byte_fallback=proto.trainer_spec.byte_fallback))
    charsmap = proto.normalizer_spec.precompiled_charsmap
    steps = [normalizers.Precompiled(charsmap)] if charsmap else []
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    if layout == "converter":
        steps += [normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")]
        tokenizer.pre_tokenizer = metaspace
    elif layout == "older":
        steps += [normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
        tokenizer.pre_tokenizer = metaspace
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    return tokenizer


def make_tokenizer(name: str, vocabulary: int, rule: str, byte_fallback: bool) -> Tokenizer:
    folder = TARGET / name
    proto = train_tokenizer(folder, vocabulary, rule, byte_fallback)
    spiece = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    fast = {layout: fast_tokenizer(proto, layout) for layout in ("converter", "older", "t5")}
    fast["converter"].save(str(folder / "tokenizer.json"))
    cases = []
    for text in TOKENIZER_TEXTS:
        case = {"text": text, "sentencepiece": spiece.encode(text) + [1]}
        for layout, tokenizer in fast.items():
            case[layout] = tokenizer.encode(text).ids
        cases.append(case)
    layouts = {layout: {k: json.loads(t.to_str())[k] for k in ("normalizer", "pre_tokenizer")} for layout, t in fast.items()}
    for layout in layouts.values():
        for step in layout["normalizer"]["normalizers"]:
            step.pop("precompiled_charsmap", None)  # the test puts the file's own in its place
    truncated = []
    for text in (PROMPTS[0], NEGATIVE, "cat " * 100, ""):
        for length in (1, 2, 5, 16, MAX_LENGTH):
            tokenizer = fast["converter"]
            tokenizer.enable_truncation(length)
            truncated.append({"text": text, "max_length": length, "ids": tokenizer.encode(text).ids})
    fast["converter"].no_truncation()
    write_json(folder / "ids.json", {"cases": cases, "layouts": layouts, "truncated": truncated})
    return fast["converter"]


PART_TEXTS = ["", " ", "  a cat", "cat", "A  Red   BALL ", "Ａ ｶﾞ ½ ﬁ ² …", "e\u0301toile É n\u0303 Å", "İstanbul ΣΑΣ ẞ Ǆ", "▁literal▁mark ▁", "``quoted'' text", "a\tb\nc\u00a0d\u3000e",
              "\x1ca\x1c \x1d", "zero\u200bwidth\ufeff \x07 a\x8fb\x7f\x9f", "a\u093fb", "cat</s> dog <pad>Cat", "</s> cat", " </s>cat", "the Cat the cat THE", "猫が草の上を歩く", "हिन्दी में ไทย", "a__b____c", "11122 aab",
              "ᚠᚢ cat🙂", "\u1e9b\u0323 \uac00\u11a8 \u1100\u1161"]


def part_variants(charsmap: bytes) -> dict[str, tuple]:
    """What people write unigram tokenizers with: (normalizer, pre-tokenizer)."""
    n, p = normalizers, pre_tokenizers
    spaces, first, never = p.Metaspace(), p.Metaspace(prepend_scheme="first"), p.Metaspace(prepend_scheme="never")
    return {
        "nfkc": (n.NFKC(), spaces), "nfc": (n.NFC(), spaces), "nfd": (n.NFD(), spaces), "nfkd": (n.NFKD(), spaces), "lowercase": (n.Lowercase(), spaces),
        "strip": (n.Strip(), spaces), "strip_left": (n.Strip(right=False), first), "prepend": (n.Prepend("▁"), never), "nmt": (n.Nmt(), spaces),
        "accents": (n.Sequence([n.NFD(), n.StripAccents()]), spaces), "precompiled": (n.Precompiled(charsmap), first),
        "albert": (n.Sequence([n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(), n.Precompiled(charsmap), n.Replace(Regex(" {2,}"), " ")]), spaces),
        "trained": (n.Sequence([n.Nmt(), n.NFKC(), n.Replace(Regex(r"\s+"), " "), n.Lowercase()]), spaces),
        "runs": (n.Sequence([n.Replace(Regex("[^a-zA-Z0-9_ ]"), ""), n.Replace(Regex("[_0-9]{2,3}"), "-"), n.Replace(Regex("a+"), "aa")]), spaces),
        "llama": (n.Sequence([n.Prepend("▁"), n.Replace(" ", "▁")]), None), "plain": (None, None), "words": (None, p.WhitespaceSplit()),
        "first": (None, first), "unsplit": (None, p.Metaspace(prepend_scheme="first", split=False)), "never": (None, never),
        "words_first": (n.Strip(), p.Sequence([p.WhitespaceSplit(), first])), "underscore": (None, p.Metaspace(replacement="_")),
        "spaces_words": (n.NFKC(), p.Sequence([spaces, p.WhitespaceSplit()])),
    }


def make_parts() -> None:
    """The ids of the tokenizers library for each pair of normalizer and pre-tokenizer, with the pieces of tokenizer/."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString((TARGET / "tokenizer" / "spiece.model").read_bytes())
    variants = {}
    for name, (normalizer, pre_tokenizer) in part_variants(proto.normalizer_spec.precompiled_charsmap).items():
        tokenizer = fast_tokenizer(proto, "converter")
        root = json.loads(tokenizer.to_str()) | {"normalizer": None, "pre_tokenizer": None}
        tokenizer = Tokenizer.from_str(json.dumps(root))
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.add_tokens([AddedToken("Cat", normalized=True)])
        root = json.loads(tokenizer.to_str())
        parts = {k: root[k] for k in ("normalizer", "pre_tokenizer", "added_tokens")}
        for step in [parts["normalizer"] or {}, *(parts["normalizer"] or {}).get("normalizers", [])]:
            step.pop("precompiled_charsmap", None)  # the test puts the file's own in its place
        variants[name] = parts | {"ids": [tokenizer.encode(text).ids for text in PART_TEXTS]}
    write_json(TARGET / "tokenizer" / "parts.json", {"texts": PART_TEXTS, "variants": variants})


def prompt_clean(text: str) -> str:
    text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    return re.sub(r"\s+", " ", text).strip()


def without_mojibake_repair(text: str) -> str:
    text = html.unescape(html.unescape(ftfy.fix_text(text, fix_encoding=False))).strip()
    return re.sub(r"\s+", " ", text).strip()


def clean_cases() -> list[list[str]]:
    rng = random.Random(8)
    texts = list(TOKENIZER_TEXTS) + [
        "&lt;b&gt;", "&amp;lt;", "&amp;amp;amp;lt;", "&amp", "&ampere", "&notit; &notin; &not", "this&not that", "&copy2024", "&#65;&#x42;&#X43", "&#128;&#150;&#x9f;",
        "&#0; &#xD800; &#x110000; &#99999999999999999999;", "&#x1; &#xFFFE; &#13;", "&#;", "&#x;", "&#59;", "&;", "&", "& &", "&&amp;", "&eacute; &EACUTE; &Eacute; &eACUTE;",
        "&SZLIG; &FFLIG; &NAPOS;", "&NTILDE; &HELLIP; &LDQUO;", "&ldquo;hi&rdquo; &amp;ldquo;hi&amp;rdquo;", "&CounterClockwiseContourIntegral;", "&nbsp;&nbsp;a&nbsp;b", "<b>&amp;</b>",
        "first line &amp;\nsecond <i> &amp;lt;\nthird &amp;eacute;", "&frac12; &blk14; &there4;", "&NotEqualTilde; &acE; &fjlig;", "&hearts;&HEARTS;", "a&ZeroWidthSpace;b", "&quot;q&quot; &apos;s&apos; &QUOT;",
        "\x1b[31mred\x1b[0m ball", "\x1b[1;32;4mgreen", "\x1b[", "\x1b[31", "\x1bX", "line\r\nline\rline\u2028line\u2029line\u0085line", "\u201cq\u201d \u2018s\u2019 \u201aa\u201b \u201eb\u201f \u02bc",
        "\ufeffbom", "a\ufffcb\ufff9c", "\u206aarabic\u206f", "\x00nul\x08bs", "ĳ Ĳ ŉ Ǳ ǲ ǳ Ǆ ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ", "ｶﾞ ﾊﾟ ﾡ ￠ ￡ ￢ ￣ ￤ ￥ ￦ ￨ ￩", "！＂＃＄％＆＇（）", "＆lt；",
        "e\u0301 o\u0308 \u1100\u1161\u11a8", "Å Ω K", "\u0958 \u2adc", "q\u0307\u0323", "\x91quoted\x92 \x93double\x94 \x80 \x85", "\xa0nbsp\xa0", "a\u2002b\u3000c\u1680d\u205fe", "\x1cfs\x1dgs\x1ers\x1fus",
        "  many   spaces  ", "\u200b\u200czero\u200d", "\u202aembed\u202c \u200emark", "caf\u00e9", "Größe: 20\u202fcm", "½ ² ™ …", "&hellip;…", "＜b＞ &amp;", "&ＡＭＰ;", "&amp；",
    ]
    entities = sorted(html.entities.html5)
    for _ in range(160):
        parts = []
        for _ in range(rng.randint(1, 5)):
            kind = rng.randrange(7)
            if kind == 0:
                parts.append("&" + rng.choice(entities))
            elif kind == 1:
                parts.append("&" + rng.choice(entities).upper())
            elif kind == 2:
                parts.append(f"&#{rng.randrange(0x3000)}" + rng.choice(["", ";"]))
            elif kind == 3:
                parts.append(chr(rng.choice([rng.randrange(0x20, 0x7f), rng.randrange(0xff00, 0xfff0), rng.randrange(0x2000, 0x2070), rng.randrange(0xfb00, 0xfb07), rng.randrange(0x300, 0x340)])))
            elif kind == 4:
                parts.append(rng.choice([" ", "  ", "\t", "\r\n", "\u3000", "\u00a0"]))
            else:
                parts.append(rng.choice(" ".join(PROMPTS).split()))
        texts.append("".join(parts))
    cases = [[text, prompt_clean(text)] for text in dict.fromkeys(texts)]
    kept = [case for case in cases if case[1] == without_mojibake_repair(case[0])]
    print(f"prompt_clean: {len(kept)} cases; {len(cases) - len(kept)} left out because ftfy took them for mojibake")
    return kept


def exact_norm(self, hidden):
    """The norm without its cast to fp32, for the fp64 reference."""
    if hidden.dtype != torch.float64:
        return ORIGINAL_NORM[type(self)](self, hidden)
    return self.weight * (hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


ORIGINAL_NORM = {c: c.forward for c in (modeling_umt5.UMT5LayerNorm, modeling_t5.T5LayerNorm)}


def reseed(model: torch.nn.Module) -> None:
    """Every tensor from a generator seeded by its name, so that no gain is 1 and no softmax uniform."""
    for name, tensor in model.state_dict(keep_vars=True).items():
        generator = torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(name.replace("encoder.embed_tokens", "shared").encode()).digest()[:4], "little"))
        noise = torch.randn(tensor.shape, generator=generator)
        if "norm" in name:
            noise = 1 + 0.3 * noise
        elif "relative_attention_bias" not in name and "shared" not in name and "embed_tokens" not in name:
            noise = noise * (1.0 if re.search(r"\.[qk]\.", name) else 1.5) / tensor.shape[1] ** 0.5
        tensor.data.copy_(noise)


def trace(model, ids: list[int]) -> tuple[list[torch.Tensor], torch.Tensor]:
    """The pipeline's way: padded to the limit, masked, cut at the true length."""
    count = len(ids)
    padded = torch.tensor([ids + [0] * (MAX_LENGTH - count)])
    mask = (torch.arange(MAX_LENGTH) < count).long()[None]
    states = []
    hooks = [block.register_forward_pre_hook(lambda m, a, k: states.append(a[0]), with_kwargs=True) for block in model.encoder.block]
    hooks.append(model.encoder.final_layer_norm.register_forward_pre_hook(lambda m, a: states.append(a[0])))
    with torch.no_grad():
        final = model(padded, attention_mask=mask).last_hidden_state
    for hook in hooks:
        hook.remove()
    return [s[0, :count].clone() for s in states], final[0, :count].clone()


def make_encoder(name: str, model, tokenizer: Tokenizer, cases: dict[str, str]) -> None:
    folder = TARGET / name
    reseed(model)
    model.eval().save_pretrained(folder)
    tensors = {}
    tokenizer.enable_truncation(MAX_LENGTH)
    for case, text in cases.items():
        ids = tokenizer.encode(text).ids
        tensors[f"{case}.ids"] = torch.tensor(ids)
        for dtype, label in ((torch.float32, "f32"), (torch.float64, "f64"), (torch.bfloat16, "bf16")):
            states, final = trace(model.to(dtype), ids)
            if label == "f32" and case in ("short", "chinese"):
                tensors |= {f"{case}.hidden.{i}": s for i, s in enumerate(states)}
            tensors[f"{case}.final.{label}"] = final
            model.float()
            reseed(model)  # bf16 and back loses digits
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "trace.safetensors")
    for file in folder.iterdir():
        file.chmod(0o644)


def write_json(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def main() -> None:
    torch.use_deterministic_algorithms(True)
    modeling_umt5.UMT5LayerNorm.forward = exact_norm
    modeling_t5.T5LayerNorm.forward = exact_norm
    write_json(TARGET / "prompt_clean.json", clean_cases())
    tokenizer = make_tokenizer("tokenizer", 1000, "nmt_nfkc", False)
    make_parts()
    make_tokenizer("bytes", 700, "identity", True)
    vocabulary = tokenizer.get_vocab_size()
    cases = {"short": PROMPTS[0], "long": "the cat walks on the grass " * 30, "empty": "", "chinese": NEGATIVE[:60]}
    common = dict(vocab_size=vocabulary, num_layers=3, num_heads=4, d_kv=12, relative_attention_num_buckets=16,
                  relative_attention_max_distance=40, is_encoder_decoder=False, use_cache=False, attn_implementation="eager")
    make_encoder("umt5", UMT5EncoderModel(UMT5Config(d_model=32, d_ff=40, feed_forward_proj="gated-gelu", **common)), tokenizer, cases)
    make_encoder("t5", T5EncoderModel(T5Config(d_model=16, d_ff=24, feed_forward_proj="relu", **common)), tokenizer, {"short": cases["short"]})


if __name__ == "__main__":
    main()
