"""``hrlctl eval --report``, in a real browser."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from hrlctl.cli.evaluation_page import evaluation_page
from hrlctl.env.episode import EpisodeRules
from hrlctl.evaluation.comparison import PairedTest
from hrlctl.evaluation.figures import Figures, Flakiness
from hrlctl.evaluation.plan import Ablation, PlaySetup
from hrlctl.evaluation.report import Comparison, EvaluationReport
from hrlctl.evaluation.results import (
    Ending,
    EpisodeResult,
    Failure,
    MilestoneResult,
    TracedStep,
)
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Skill, Split
from hrlctl.schema.run import RunConfig

from .browser import probe

TASKS = ("open-icon", "close-window", "save-word")
CLICK = TracedStep((0, 150, 0, 0, 0, 0), Skill.OPEN, 0)


def result(task: str, seed: int, *, success: bool) -> EpisodeResult:
    ending = Ending(success, 2, None if success else Failure.WRONG_WINDOW)
    return EpisodeResult(
        f"desktop_basics/{task}",
        Difficulty.EASY if task == "open-icon" else Difficulty.MEDIUM,
        seed,
        "Open <script>document.title = 'broken'</script>",
        ending,
        ending,
        1.0,
        1,
        (MilestoneResult(Skill.OPEN, success),),
        (CLICK, CLICK),
        None,
    )


def make_report() -> EvaluationReport:
    setup = PlaySetup(
        Path("a very long folder name/" * 4 + "m.pt"),
        TaskSelection(packs=("desktop_basics",)),
        Split.WORDS,
        EpisodeRules(),
        160,
        120,
        False,
        "cpu",
    )
    results = tuple(
        result(task, seed, success=seed < good)
        for task, good in zip(TASKS, (3, 0, 1), strict=True)
        for seed in range(3)
    )
    figures = Figures.of(results, "automatic")
    return EvaluationReport(
        results,
        setup,
        0,
        "automatic",
        Flakiness.of([results, results], "automatic"),
        {Ablation.INSTRUCTION: figures, Ablation.SCREEN: figures},
        Comparison(
            Path("other/" * 12 + "m.pt"), figures, PairedTest.of(results, results, "automatic")
        ),
        RunConfig(),
    )


@pytest.fixture(scope="module")
def text() -> str:
    return evaluation_page(make_report())


@pytest.fixture
def page(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_is_fetched(text: str) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]{0,8})', text)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "url(" not in text


def test_the_figures_and_the_films_are_there(page: Path) -> None:
    found = probe(
        page,
        """return {title: document.title, text: document.body.innerText,
        pictures: [...document.images].map((image) => image.src),
        verdicts: [...document.querySelectorAll(".film")].map((film) => film.dataset.verdict)};""",
    )
    assert found["title"].startswith("44.4% success")
    assert "changed a wrong window" in found["text"]
    assert "<script>document.title = 'broken'</script>" in found["text"]
    assert sorted(found["verdicts"]) == ["failure", "failure", "success", "success"]
    assert len(found["pictures"]) == 4 * 3
    picture = base64.b64decode(found["pictures"][0].removeprefix("data:image/webp;base64,"))
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (320, 240)


NAMES = "[...document.querySelectorAll('#task-table tbody tr')].filter((row) => !row.hidden)"
NAMES += ".map((row) => row.cells[0].textContent)"


def test_the_table_sorts_by_its_headings(page: Path) -> None:
    found = probe(
        page,
        f"""const heads = [...document.querySelectorAll("#task-table th button")];
        const names = () => {NAMES};
        const head = (name) => heads.find((button) => button.textContent === name);
        const orders = [names()];
        head("success").click(); orders.push(names());
        head("task").click(); orders.push(names());
        return {{orders, sorted: head("task").closest("th").getAttribute("aria-sort"),
                 other: head("success").closest("th").getAttribute("aria-sort")}};""",
    )
    assert found["orders"] == [
        ["close-window", "save-word", "open-icon"],  # from the worst to the best
        ["open-icon", "save-word", "close-window"],
        ["close-window", "open-icon", "save-word"],
    ]
    assert (found["sorted"], found["other"]) == ("ascending", "none")


def test_tasks_and_films_are_filtered(page: Path) -> None:
    found = probe(
        page,
        f"""const type = (control, value) => {{
          control.value = value;
          control.dispatchEvent(new view.Event("input", {{bubbles: true}}));
        }};
        const names = () => {NAMES};
        const [search, select] = document.querySelectorAll(".controls [data-by]");
        type(search, "WINDOW"); const byName = names();
        type(search, ""); type(select, "EASY"); const byDifficulty = names();
        const shown = document.querySelector(".controls output").textContent;
        document.querySelector("input[value=failure]").click();
        const films = [...document.querySelectorAll(".film")].filter((film) => !film.hidden);
        return {{byName, byDifficulty, shown, verdicts: films.map((film) => film.dataset.verdict)}};
        """,
    )
    assert found["byName"] == ["close-window"]
    assert (found["byDifficulty"], found["shown"]) == (["open-icon"], "1 of 3")
    assert found["verdicts"] == ["failure", "failure"]


def test_everything_that_can_be_used_is_reached_by_keyboard_and_has_a_name(page: Path) -> None:
    found = probe(
        page,
        """const used = [...document.querySelectorAll("a, button, input, select, summary, .strip")];
        const name = (e) => e.getAttribute("aria-label") || e.textContent.trim()
          || e.closest("label")?.textContent.trim();
        return used.map((e) => [e.tabIndex, Boolean(name(e))]);""",
    )
    assert len(found) > 10
    assert all(index == 0 and named for index, named in found)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_no_wider_than_the_window(page: Path, width: int) -> None:
    found = probe(
        page,
        """const isCut = (e) => e.scrollWidth > e.clientWidth + 1
          && view.getComputedStyle(e).overflowX !== "auto";
        const root = document.documentElement;
        const cut = [...document.querySelectorAll("section > *")].filter(isCut);
        return [root.scrollWidth - root.clientWidth, view.innerWidth, cut.map((e) => e.id)];""",
        width=width,
    )
    assert found == [0, width, []]


def test_light_and_dark_differ_and_both_can_be_read(page: Path) -> None:
    found = probe(
        page,
        """const button = document.getElementById("theme");
        const light = (color) => {
          const channels = color.match(/[0-9.]+/g).slice(0, 3).map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
        };
        const themes = [];
        for (const name of ["light", "dark"]) {
          button.click();
          const card = light(view.getComputedStyle(
            document.querySelector("section")).backgroundColor);
          const parts = [".dim", ".good", ".fair", ".poor", ".tag", "h2"];
          const worst = Math.min(...parts.map((part) => {
            const first = document.querySelector("section " + part);
            const ink = light(view.getComputedStyle(first).color);
            return (Math.max(ink, card) + 0.05) / (Math.min(ink, card) + 0.05);
          }));
          themes.push([button.textContent, card, worst]);
        }
        return themes;""",
    )
    (light, bright, light_contrast), (dark, dim, dark_contrast) = found
    assert (light, dark) == ("Theme: light", "Theme: dark")
    assert bright > 0.9 > 0.1 > dim
    assert min(light_contrast, dark_contrast) >= 4.5  # WCAG 2.2, level AA
