"""What the model can be asked for: the vocabulary, and captions for a given scene.

A scene is a plain dict {object, colour, background, motion}. `caption` words it the way people type: synonyms, another
order of the clauses, an attribute left out, a slip of the finger, and now and then nothing at all.
"""

import random

OBJECTS = ["ball", "box", "star", "heart", "triangle", "ring", "diamond", "moon"]
COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"]
BACKGROUNDS = ["room", "sky", "sea", "hills", "night", "desert"]
MOTIONS = ["left", "right", "up", "down", "bounce", "spin", "pulse", "still"]
ATTRIBUTES = {"object": OBJECTS, "colour": COLOURS, "background": BACKGROUNDS, "motion": MOTIONS}

OBJECT_WORDS = {
    "ball": ["ball", "ball", "ball", "sphere", "orb"],
    "box": ["box", "box", "cube", "square", "block"],
    "star": ["star"],
    "heart": ["heart"],
    "triangle": ["triangle", "triangle", "pyramid"],
    "ring": ["ring", "ring", "donut", "hoop"],
    "diamond": ["diamond", "diamond", "gem", "crystal"],
    "moon": ["moon", "crescent", "crescent moon"],
}
COLOUR_WORDS = {
    "red": ["red", "red", "red", "crimson", "scarlet"],
    "orange": ["orange"],
    "yellow": ["yellow", "yellow", "golden"],
    "green": ["green", "green", "lime"],
    "blue": ["blue"],
    "purple": ["purple", "purple", "violet"],
    "pink": ["pink"],
    "white": ["white"],
}
BACKGROUND_WORDS = {
    "room": ["in a room", "in a grey room", "in a studio", "in front of a wall", "on a plain background", "indoors"],
    "sky": ["in the sky", "in a blue sky", "among the clouds", "in front of clouds", "in the air", "on a sunny day"],
    "sea": ["over the sea", "over the sea", "above the ocean", "over the water", "over the waves", "at sea", "by the sea"],
    "hills": ["over green hills", "over the hills", "over a meadow", "in a green landscape", "above the grass", "in the countryside"],
    "night": ["at night", "under the stars", "in the night sky", "in a starry night", "in the dark", "in space"],
    "desert": ["in the desert", "over the desert", "at sunset", "over sand dunes", "in the dunes", "in the evening sun"],
}
MOTION_WORDS = {
    "left": ["moves left", "moves to the left", "flies left", "glides to the left", "travels left", "drifts left"],
    "right": ["moves right", "moves to the right", "flies right", "glides to the right", "travels right", "drifts right"],
    "up": ["rises", "moves up", "goes up", "floats up", "flies upwards", "ascends"],
    "down": ["falls", "moves down", "goes down", "drops", "sinks", "falls down"],
    "bounce": ["bounces", "bounces up and down", "hops", "jumps", "jumps up and down"],
    "spin": ["spins", "rotates", "turns around", "turns", "twirls"],
    "pulse": ["pulses", "grows and shrinks", "beats", "throbs", "swells and shrinks"],
    "still": ["stays still", "does not move", "hangs still", "rests", "stands still"],
}
WORDS = {"object": OBJECT_WORDS, "colour": COLOUR_WORDS, "background": BACKGROUND_WORDS, "motion": MOTION_WORDS}

# Held out of training altogether: the score asks for combinations the model has never seen.
HELD_OUT = 16                                      # one combination in so many


def combination_index(scene: dict) -> int:
    i = 0
    for name, values in ATTRIBUTES.items():
        i = i * len(values) + values.index(scene[name])
    return i


def is_held_out(scene: dict) -> bool:
    return (combination_index(scene) * 2654435761 % 2**32) >> 16 & (HELD_OUT - 1) == 0


def random_scene(rng: random.Random, held_out: bool | None = False) -> dict:
    """A scene from the training combinations, the held-out ones (True), or any (None)."""
    while True:
        scene = {name: rng.choice(values) for name, values in ATTRIBUTES.items()}
        if held_out is None or is_held_out(scene) == held_out:
            return scene


def typo(text: str, rng: random.Random) -> str:
    """One slip: a letter missing, doubled or swapped with its neighbour."""
    i = rng.randrange(1, max(2, len(text) - 1))
    kind = rng.randrange(3)
    if kind == 0:
        return text[:i] + text[i + 1:]
    if kind == 1:
        return text[:i] + text[i] + text[i:]
    return text[:i - 1] + text[i:i + 1] + text[i - 1:i] + text[i + 1:]


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def plain_caption(scene: dict) -> str:
    """The first wording of everything: "a red ball bounces over the sea"."""
    w = {k: WORDS[k][scene[k]][0] for k in ATTRIBUTES}
    return f"{article(w['colour'])} {w['colour']} {w['object']} {w['motion']} {w['background']}"


def caption(scene: dict, rng: random.Random, keep_all: bool = False) -> str:
    if not keep_all and rng.random() < 0.10:
        return ""
    w = {k: rng.choice(WORDS[k][scene[k]]) for k in ATTRIBUTES}
    drop = {k for k in ("colour", "background", "motion") if not keep_all and rng.random() < 0.08}
    noun = w["object"] if "colour" in drop else f"{w['colour']} {w['object']}"
    start = rng.choice([article(noun) + " ", article(noun) + " ", "the ", "one ", ""])
    motion = "" if "motion" in drop else w["motion"]
    if motion and rng.random() < 0.2:              # "a red ball that bounces"
        motion = "that " + motion
    place = "" if "background" in drop else w["background"]
    subject = f"{start}{noun} {motion}".strip()
    if place and rng.random() < 0.2:               # "over the sea, a red ball bounces"
        text = f"{place}{rng.choice([' ', ', '])}{subject}"
    else:
        text = f"{subject} {place}".strip()
    if not keep_all:
        if rng.random() < 0.05:
            text = f"{rng.choice(['video of', 'animation of', 'a clip of', 'please draw'])} {text}"
        if rng.random() < 0.05:
            text = typo(text, rng)
        if rng.random() < 0.3:
            text = text[0].upper() + text[1:]
        if rng.random() < 0.2:
            text += "."
    return text


def vocabulary() -> dict:
    """For the app: prompt chips and marking of unknown words."""
    first = {k: {v: WORDS[k][v][0] for v in values} for k, values in ATTRIBUTES.items()}
    synonyms = {}
    for k in ATTRIBUTES:
        for v, words in WORDS[k].items():
            synonyms[first[k][v]] = sorted(set(words) - {first[k][v]})
    plural = {"object": "objects", "colour": "colours", "background": "backgrounds", "motion": "motions"}
    return {plural[k]: list(first[k].values()) for k in ATTRIBUTES} | {"synonyms": synonyms}
