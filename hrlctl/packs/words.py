"""The words and names that tasks and desktops draw, training and held-out ones kept apart.

Training words come from a generator of pronounceable syllables, so that an agent must read: there
is no list to learn by heart. Held-out words are real English words that the generator never yields.
"""

from __future__ import annotations

import random
from typing import Final

MIN_LETTERS: Final = 4
MAX_LETTERS: Final = 7

_HELD_OUT_TEXT: Final = """
acorn amber anchor apple apron arrow aspen autumn badge bagel bakery bamboo banana banjo barley
barrel basil basket beach beacon beaver berry bishop bison blanket blossom board bonfire bonus
bottle boulder branch bread breeze brick bridge bright bronze broom brown brush bubble bucket butter
button cabin cable cactus camel candle canoe canvas canyon captain caramel carbon cargo carpet
carrot castle cattle cavern cedar cellar chalk chapel cherry chess chimney cinema circle citrus
clever cliff clover cobalt coconut coffee comet compass copper coral corner cotton cousin cradle
crane crayon cricket crimson crown crystal curtain cushion daisy dance dawn desert diamond dinner
doctor dolphin domino donkey dragon drawer dream drift drum eagle early earth easel echo elbow elder
elegant ember emerald engine equator evening fable fabric falcon family farmer feather fence fern
ferry fiddle field finger firefly flame flower flute forest fossil garden garlic gather gentle giant
ginger giraffe glacier glass globe glove golden goose grain granite grape gravel green guitar habit
hammer harbor harvest hazel helmet heron hickory hill hockey holiday honey horizon horse hotel igloo
indigo island ivory jacket jaguar jasmine jelly jewel jigsaw journey jungle juniper kayak kernel
kettle kitchen kite kitten koala ladder lagoon lantern laptop lark lasso laurel leaf lemon lentil
letter lilac linen lizard llama lobster locket lotus lumber magnet magpie mango maple marble marina
market meadow melody melon mentor meteor mill mineral mint mitten monkey morning mosaic moss motor
muffin museum mustard napkin narrow nature needle nest nickel noodle north nutmeg oasis ocean olive
onion opal opera orange orbit orchard orchid otter oven oxygen oyster paddle palace panda panther
paper parade parcel parrot pasta path peach peanut pearl pebble pelican pencil penguin pepper petal
phone piano pickle picnic pigeon pillow pilot pine planet plaza plum pocket poem polar pond poppy
potato prairie prism puddle puffin pumpkin puppet puzzle quail quartz queen quiet quilt rabbit
raccoon radar radish rainbow raisin ranch raven recipe reef ribbon river robin rocket rose ruby
saddle saffron sailor salad salmon sand sandal saturn scarf school scooter season shadow shell
shelter shovel silver sketch sparrow spider spiral spring spruce square stable statue stone storm
summer sunset swallow table tailor teapot temple thimble thunder ticket tiger timber tomato topaz
toucan trail travel trumpet tulip tunnel turkey turtle valley vanilla velvet violet violin voyage
waffle wagon walnut walrus warm water whale wheat whisper willow window winter wolf wood yellow
yogurt zebra zenith zipper
"""
HELD_OUT_WORDS: Final[tuple[str, ...]] = tuple(_HELD_OUT_TEXT.split())

# What stands several times is drawn more often: simple syllables outweigh clusters.
_ONSET_TEXT: Final = """
b c d f g h j k l m n p q r s t v w x y z b c d f g h j k l m n p r s t v w y z
b c d f g h j k l m n p r s t v w
bl br ch cl cr dr fl fr gl gr kl kr ph pl pr qu sc sh sk sl sm sn sp st sw th tr tw vr wh zh
"""
_VOWEL_TEXT: Final = (
    "a e i o u a e i o u a e i o u a e i o u y ai au ea ee ei eu ia ie io oa oo ou ua ui"
)
_CODA_TEXT: Final = """
b c d f g k l m n p r s t v w x z d g k l m n p r s t
ck ct ff ft ks ld lf lk lm ln lp lt mp nd ng nk nt pt
rb rd rf rg rk rl rm rn rp rt rv rx sh sk sp ss st th tz zz
"""
_ONSETS: Final = tuple(_ONSET_TEXT.split())
_VOWELS: Final = tuple(_VOWEL_TEXT.split())
_CODAS: Final = (*[""] * 40, *_CODA_TEXT.split())

TRAINING_PROGRAMS: Final[tuple[str, ...]] = (
    "Atlas", "Archive", "Backup", "Budget", "Camera", "Charts", "Chat", "Clock", "Colors",
    "Contacts", "Designer", "Disks", "Dispatch", "Draw", "Forms", "Games", "Help", "History",
    "Invoice", "Journal", "Ledger", "Library", "Logs", "Magnify", "Mail", "Maps", "Memo", "Mixer",
    "Movies", "Music", "Network", "News", "Notes", "Orders", "Paint", "People", "Photos", "Planner",
    "Player", "Podcast", "Poster", "Printer", "Radio", "Reader", "Report", "Scanner", "Search",
    "Slides", "Store", "Studio", "Tables", "Tasks", "Terminal", "Timer", "Toolbox", "Tracker",
    "Tuner", "Video", "Viewer", "Wallet", "Weather", "Wiki", "Writer",
)  # fmt: skip
HELD_OUT_PROGRAMS: Final[tuple[str, ...]] = (
    "Agenda", "Album", "Almanac", "Alarms", "Browser", "Cinema", "Composer", "Console",
    "Courier", "Diary", "Doodle", "Explorer", "Finance", "Gallery", "Globe", "Health", "Inbox",
    "Jukebox", "Kiosk", "Lens", "Monitor", "Navigator", "Outline", "Palette", "Puzzle", "Quiz",
    "Recorder", "Recipes", "Sampler", "Sketch", "Sudoku", "Travel", "Tutor", "Vault", "Voice",
    "Workshop",
)  # fmt: skip
TRAINING_SETTINGS: Final[tuple[str, ...]] = (
    "Alerts", "Animate", "Archive", "Autosave", "Backup", "Badges", "Beep", "Bold", "Border",
    "Captions", "Clock", "Colors", "Contrast", "Crop", "Debug", "Effects", "Filter",
    "Frames", "Grid", "Hints", "Indexing", "Labels", "Layers", "Logging", "Loop", "Margins",
    "Mirror", "Mute", "Network", "Numbers", "Offline", "Preview", "Privacy", "Quality", "Repeat",
    "Rulers", "Saver", "Scale", "Shadows", "Sharing", "Shuffle", "Smooth", "Snap", "Sound",
    "Spelling", "Sticky", "Sync", "Theme", "Timer", "Tooltips", "Updates", "Volume", "Warn",
    "Wrap", "Zoom",
)  # fmt: skip
HELD_OUT_SETTINGS: Final[tuple[str, ...]] = (
    "Accent", "Airplane", "Balance", "Banners", "Bluetooth", "Blur", "Boost", "Cache",
    "Cookies", "Cursor", "Dimmer", "Echo", "Folding", "Gamma", "Gestures", "Guides", "Hotkeys",
    "Inverse", "Kerning", "Location", "Magnet", "Narrator", "Night", "Outline", "Power",
    "Proxy", "Reverb", "Roaming", "Sepia", "Sleep", "Touch", "Treble", "Vibrate", "Wifi",
)  # fmt: skip
TRAINING_ITEMS: Final[tuple[str, ...]] = (
    "Adult", "April", "Arabic", "Berlin", "Black", "Blue", "Boston", "Brazil", "Cairo", "Canada",
    "Center", "Child", "Custom", "Daily", "Danish", "Dollar", "Draft", "Dutch", "Euro", "Express",
    "Final", "Finland", "France", "French", "Friday", "German", "Greek", "Group", "High", "Hourly",
    "Italic", "January", "Japan", "Justify", "Kenya", "Kilo", "Large", "Left", "Light", "Lima",
    "London", "Low", "Manual", "March", "Medium", "Meter", "Mexico", "Monday", "Never", "Norway",
    "Oslo", "Other", "Paris", "Pink", "Poland", "Prague", "Private", "Public", "Purple", "Red",
    "Regular", "Right", "Rome", "Rural", "Senior", "Small", "Spain", "Sunday", "Swedish", "Swiss",
    "Tokyo", "Turkish", "Urgent", "Vienna", "Weekly", "White", "Yearly", "Zurich",
)  # fmt: skip
HELD_OUT_ITEMS: Final[tuple[str, ...]] = (
    "Always", "Athens", "August", "Bronze", "Chile", "Czech", "Delhi", "Denmark", "Dublin",
    "Egypt", "English", "Finnish", "Gold", "Gram", "Green", "Hidden", "India", "Ireland",
    "July", "Korean", "Krona", "Lisbon", "Madrid", "Monthly", "Nairobi", "October", "Orange",
    "Peru", "Polish", "Portrait", "Pound", "Quebec", "Russian", "Seoul", "Silver", "Sydney",
    "Student", "Tuesday", "Urban", "Warsaw", "Yellow", "Yen",
)  # fmt: skip


_TRAINING_NAMES: Final = (*TRAINING_PROGRAMS, *TRAINING_SETTINGS, *TRAINING_ITEMS)
_HELD_OUT_NAMES: Final = (
    *HELD_OUT_PROGRAMS,
    *HELD_OUT_SETTINGS,
    *HELD_OUT_ITEMS,
    *(word.capitalize() for word in HELD_OUT_WORDS),
)
_NEVER_GENERATED: Final = frozenset(name.lower() for name in _HELD_OUT_NAMES)
_LISTED_SHARE: Final = 0.25  # of the training names; the others are generated


def draw_word(rng: random.Random, *, held_out: bool) -> str:
    """A lower-case word of 4 to 7 letters; a real one if ``held_out``, else a pronounceable one."""
    if held_out:
        return HELD_OUT_WORDS[int(rng.random() * len(HELD_OUT_WORDS))]
    draw = rng.random
    while True:
        length = MIN_LETTERS + int(draw() * (MAX_LETTERS - MIN_LETTERS + 1))
        # One word in five begins with a vowel.
        word = _VOWELS[int(draw() * len(_VOWELS))] if draw() < 0.2 else ""
        while len(word) < length:
            word += (
                _ONSETS[int(draw() * len(_ONSETS))]
                + _VOWELS[int(draw() * len(_VOWELS))]
                + _CODAS[int(draw() * len(_CODAS))]
            )
        word = word[:length]
        if word not in _NEVER_GENERATED:
            return word


def draw_name(rng: random.Random, *, held_out: bool) -> str:
    """A capitalised word of 3 to 9 letters for a program, a window, a setting or an item."""
    if held_out:
        return _HELD_OUT_NAMES[int(rng.random() * len(_HELD_OUT_NAMES))]
    if rng.random() < _LISTED_SHARE:
        return _TRAINING_NAMES[int(rng.random() * len(_TRAINING_NAMES))]
    return draw_word(rng, held_out=False).capitalize()
