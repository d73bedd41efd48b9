"""What the model can be asked for: the vocabulary, and captions for a given scene.

A scene is a plain dict {object, colour, background, motion}. `caption` words it the way people type: synonyms, another
order of the clauses, an attribute left out, a slip of the finger, and now and then nothing at all.
"""

import random

import config

OBJECTS = ["ball", "box", "star", "heart", "triangle", "ring", "diamond", "moon"]
COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "grey", "brown", "turquoise"]
BACKGROUNDS = ["room", "sky", "sea", "hills", "night", "desert", "forest", "snow", "city", "underwater"]
MOTIONS = ["left", "right", "up", "down", "bounce", "spin", "pulse", "still"]
EVERYTHING = {"object": OBJECTS, "colour": COLOURS, "background": BACKGROUNDS, "motion": MOTIONS}
FIRST = {k: values[:n] for (k, values), n in zip(EVERYTHING.items(), (8, 8, 6, 8))}     # the world of versions 1 to 5; new things come after
ATTRIBUTES = {k: values[:config.KNOWN[k]] for k, values in EVERYTHING.items()}

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
    "black": ["black"],
    "grey": ["grey", "grey", "gray", "silver"],
    "brown": ["brown", "brown", "chocolate"],
    "turquoise": ["turquoise", "turquoise", "cyan", "teal"],
}
BACKGROUND_WORDS = {
    "room": ["in a room", "in a grey room", "in a studio", "in front of a wall", "on a plain background", "indoors"],
    "sky": ["in the sky", "in a blue sky", "among the clouds", "in front of clouds", "in the air", "on a sunny day"],
    "sea": ["over the sea", "over the sea", "above the ocean", "over the water", "over the waves", "at sea", "by the sea"],
    "hills": ["over green hills", "over the hills", "over a meadow", "in a green landscape", "above the grass", "in the countryside"],
    "night": ["at night", "under the stars", "in the night sky", "in a starry night", "in the dark", "in space"],
    "desert": ["in the desert", "over the desert", "at sunset", "over sand dunes", "in the dunes", "in the evening sun"],
    "forest": ["in the forest", "in the forest", "in a forest", "in the woods", "among the trees", "over the firs"],
    "snow": ["in the snow", "in the snow", "over the snow", "in winter", "over snowy mountains", "in a snowy landscape"],
    "city": ["over the city", "over the city", "in the city", "in front of a skyline", "above the roofs", "over the town"],
    "underwater": ["under water", "under water", "underwater", "in an aquarium", "at the bottom of the sea", "in the deep"],
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
    """Combinations of the first world keep their number, whatever comes after."""
    i, later, combinations = 0, 0, 1
    for name, values in FIRST.items():
        beyond, within = divmod(EVERYTHING[name].index(scene[name]), len(values))
        i, later, combinations = i * len(values) + within, later * 4 + beyond, combinations * len(values)
    return later * combinations + i


def is_held_out(scene: dict) -> bool:
    return (combination_index(scene) * 2654435761 % 2**32) >> 16 & (HELD_OUT - 1) == 0


def random_scene(rng: random.Random, held_out: bool | None = False, world: dict = ATTRIBUTES) -> dict:
    """A scene from the training combinations, the held-out ones (True), or any (None)."""
    while True:
        scene = {name: rng.choice(values) for name, values in world.items()}
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
        for v in ATTRIBUTES[k]:
            synonyms[first[k][v]] = sorted(set(WORDS[k][v]) - {first[k][v]})
    plural = {"object": "objects", "colour": "colours", "background": "backgrounds", "motion": "motions"}
    return {plural[k]: list(first[k].values()) for k in ATTRIBUTES} | {"synonyms": synonyms}
