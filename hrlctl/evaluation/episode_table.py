"""Every episode of an evaluation as a row of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from hrlctl.errors import HrlctlError
from hrlctl.evaluation.report import EvaluationReport

_KINDS: Final[dict[str, type]] = {
    "task": str,
    "difficulty": str,
    "set": str,
    "seed": int,
    "instruction": str,
    "agent_success": int,
    "agent_steps": int,
    "agent_failure": str,
    "automatic_success": int,
    "automatic_steps": int,
    "automatic_failure": str,
    "oracle_steps": int,
    "return": float,
}
COLUMNS: Final = tuple(_KINDS)


def csv_of(report: EvaluationReport) -> str:
    """The episodes as CSV with a header, in the order in which they were planned.

    ``task``, ``set`` and ``seed`` name the instance, as ``hrlctl tasks show`` takes them. What is
    not there stays empty.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for *row, episode_return in _rows(report):
        table.writerow((*row, f"{episode_return:.6g}"))  # the writer leaves None empty
    return text.getvalue()


def parquet_of(report: EvaluationReport) -> bytes:
    """The same as Parquet; what is not there is null.

    Raises:
        HrlctlError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise HrlctlError(
            "writing Parquet needs pyarrow, which is not installed",
            hint="pip install 'hrlctl[parquet]', or write CSV",
        ) from error
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in _rows(report)]
    kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    # Said, and not guessed: a column may be null in all rows.
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in _KINDS.items()])
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), file)
    return file.getvalue()


def _rows(report: EvaluationReport) -> Iterator[tuple[Any, ...]]:
    for result in report.results:
        agent, automatic = result.agent, result.automatic
        yield (
            result.task,
            result.difficulty.value,
            report.setup.split.value,
            result.seed,
            result.instruction,
            int(agent.success),
            agent.steps,
            None if agent.failure is None else agent.failure.value,
            int(automatic.success),
            automatic.steps,
            None if automatic.failure is None else automatic.failure.value,
            result.oracle_steps,
            result.episode_return,
        )
