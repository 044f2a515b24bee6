"""Reports for programs: a row an episode, and JUnit's XML."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

from hrlctl.evaluation.episode_table import COLUMNS, csv_of, parquet_of
from hrlctl.evaluation.junit import junit_of
from hrlctl.evaluation.results import Ending, Failure

from .conftest import ReportMaker, ResultMaker


def test_a_row_an_episode(make_result: ResultMaker, make_report: ReportMaker) -> None:
    first = make_result(seed=12, instruction='Type "a, b"')
    second = make_result(
        "p/b", automatic=Ending(False, 10, Failure.IDLE), oracle_steps=None, episode_return=0.1
    )
    rows = list(csv.DictReader(io.StringIO(csv_of(make_report(first, second)))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["instruction"] == 'Type "a, b"'
    assert (rows[0]["task"], rows[0]["set"], rows[0]["seed"]) == ("p/a", "words", "12")
    assert (rows[0]["automatic_success"], rows[0]["agent_steps"]) == ("1", "5")
    assert (rows[1]["automatic_failure"], rows[1]["oracle_steps"]) == ("changed nothing", "")
    assert float(rows[1]["return"]) == 0.1


def test_parquet_holds_the_same(
    make_result: ResultMaker, make_report: ReportMaker, tmp_path: Path
) -> None:
    from pyarrow import parquet

    lost = make_result("p/b", automatic=Ending(False, 10, Failure.IDLE), oracle_steps=None)
    report = make_report(make_result(), lost)
    (file := tmp_path / "episodes.parquet").write_bytes(parquet_of(report))
    rows = parquet.read_table(file).to_pylist()
    assert tuple(rows[0]) == COLUMNS
    assert rows[1]["oracle_steps"] is None
    shown = [{name: "" if v is None else str(v) for name, v in row.items()} for row in rows]
    assert shown == list(csv.DictReader(io.StringIO(csv_of(report))))


def test_columns_without_values_keep_their_types(
    make_result: ResultMaker, make_report: ReportMaker, tmp_path: Path
) -> None:
    from pyarrow import parquet

    report = make_report(make_result(oracle_steps=None))
    (file := tmp_path / "episodes.parquet").write_bytes(parquet_of(report))
    types = {field.name: str(field.type) for field in parquet.read_schema(file)}
    assert (types["oracle_steps"], types["automatic_failure"]) == ("int64", "string")


def test_junit_counts_and_explains(make_result: ResultMaker, make_report: ReportMaker) -> None:
    failed = make_result("p/b", 3, automatic=Ending(False, 10, Failure.IDLE), instruction="<\0>")
    report = make_report(make_result(), failed, make_result("p/b", 4))
    root = ElementTree.fromstring(junit_of(report, {failed: Path("films/3.png")}))
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    suites = {suite.get("name"): suite for suite in root}
    assert (suites["p/b"].get("tests"), suites["p/b"].get("failures")) == ("2", "1")
    case = suites["p/b"][0]
    failure = case.find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("idle", "changed nothing")
    assert "[[ATTACHMENT|films/3.png]]" in (case.findtext("system-out") or "")
    assert suites["p/b"][1].find("failure") is None
