"""An evaluation as CI servers read it: JUnit's XML, a suite a task, a case an episode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.results import EpisodeResult

# XML 1.0 has no place for control characters, not even escaped ones.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_of(report: EvaluationReport, pictures: Mapping[EpisodeResult, Path] | None = None) -> str:
    """The report as XML.

    Args:
        report: an episode fails under its termination.
        pictures: of episodes, attached to their cases in the form that Jenkins and GitLab read.
    """
    failed = report.overall.failures
    root = ElementTree.Element(
        "testsuites",
        name="hrlctl eval",
        tests=str(len(report.results)),
        failures=str(sum(failed.values())),
    )
    for task, figures in report.by_task.items():
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=task,
            tests=str(figures.episodes),
            failures=str(sum(figures.failures.values())),
        )
        for result in report.results:
            if result.task == task:
                picture = (pictures or {}).get(result)
                suite.append(_case(report, result, picture))
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}\n'


def _case(
    report: EvaluationReport, result: EpisodeResult, picture: Path | None
) -> ElementTree.Element:
    ending = result.ending(report.termination)
    name = f"{report.setup.split} {result.seed}"
    case = ElementTree.Element("testcase", classname=result.task, name=name)
    instruction = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", result.instruction)
    if ending.failure is not None:
        failure = ElementTree.SubElement(
            case, "failure", type=ending.failure.name.lower(), message=ending.failure
        )
        failure.text = f"{instruction}\nafter {ending.steps} steps: {ending.failure}"
    output = ElementTree.SubElement(case, "system-out")
    attachment = f"\n[[ATTACHMENT|{picture}]]" if picture is not None else ""
    output.text = f"{instruction}{attachment}"
    return case
