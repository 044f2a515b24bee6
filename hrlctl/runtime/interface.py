"""What this version gives to a model and makes of its answers, as ``model.json`` says it."""

from __future__ import annotations

from hrlctl.desktop.commands import KEYS
from hrlctl.env.action import NUM_SLOTS, USES, ActionType, Part
from hrlctl.env.arrays import CONTEXT_FEATURES
from hrlctl.env.observation import (
    ALPHABET,
    BUCKETS,
    FIRST_BUCKET,
    FIRST_SLOT,
    FUNCTION_WORDS,
    INSTRUCTION_LENGTH,
    PIECES,
    SLOT_LENGTH,
)
from hrlctl.schema.exported_model import ActionInfo, ActionTypeInfo, ContextInfo, InstructionInfo


def instruction_info() -> InstructionInfo:
    """How ``hrlctl.env.observation.read_instruction`` reads."""
    return InstructionInfo(
        alphabet=ALPHABET,
        first_bucket=FIRST_BUCKET,
        buckets=BUCKETS,
        first_slot=FIRST_SLOT,
        max_slots=NUM_SLOTS,
        instruction_length=INSTRUCTION_LENGTH,
        slot_length=SLOT_LENGTH,
        pieces=PIECES.pattern,
        function_words=tuple(sorted(FUNCTION_WORDS)),
        rules=(
            "find all pieces; those of groups 1 to 3 are the first slots, those of group 4 whose"
            " lower case is not a function word the next; only the first max_slots count",
            "a slot's text is the group that matched, stripped; its row of 'slots' holds the codes"
            " of its folded text, cut or padded with 0 to slot_length",
            "'tokens' holds the codes of the folded instruction, in which each slot found by groups"
            " 1 to 3 (quotation marks included) is replaced by its one token, cut or padded with 0"
            " to instruction_length",
            "to fold: lower case; where it is not ASCII, Unicode form NFKD without combining marks",
        ),
    )


def context_info() -> ContextInfo:
    """The features that ``hrlctl.env.arrays.write_observation`` writes."""
    features = (
        "share of the steps that is left, from 1 to 0",
        "x of the pointer as a share of the screen's width",
        "y of the pointer as a share of the screen's height",
        "1 if the screen is as it was before the last action, else 0",
        *(f"1 if the last action was {kind.name.lower()}, else 0" for kind in ActionType),
    )
    assert len(features) == CONTEXT_FEATURES
    return ContextInfo(features=features)


def action_info() -> ActionInfo:
    """How ``hrlctl.env.action.ActionSpace`` decodes."""
    return ActionInfo(
        parts=tuple(part.name.lower() for part in Part),
        types=tuple(
            ActionTypeInfo(name=kind.name.lower(), uses=tuple(p.name.lower() for p in USES[kind]))
            for kind in ActionType
        ),
        keys=KEYS,
        directions=("up", "down"),
        rules=(
            "only the parts that the type uses mean anything",
            "pointer and target are cells; a cell stands for the pixel in its middle:"
            " x = cell % columns * size + size // 2, y = cell // columns * size + size // 2,"
            " where size is screen.cell and columns is screen.width // size",
            "type_text types the text of the slot",
            "where done_probability is above done_threshold the type is done instead",
        ),
    )
