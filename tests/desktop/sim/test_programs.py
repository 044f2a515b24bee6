"""The programs do what their buttons say."""

from __future__ import annotations

import pytest

from hrlctl.desktop.sim.programs.calculator import Arithmetic
from hrlctl.desktop.sim.text_buffer import TextBuffer, wrapped
from hrlctl.schema.setup import FieldSetup, Setup, WindowSetup


def alone(title: str, program: str, **more: object) -> Setup:
    window = WindowSetup(title=title, program=program, **more)
    return Setup(windows=(window,), distractors=(0, 0), files={"a.txt": "alpha", "b.txt": "beta"})


class TestCalculator:
    @pytest.mark.parametrize(
        ("keys", "shown"),
        [
            ("12+30=", "42"),
            ("2+3*4=", "20"),  # from left to right, as pocket calculators do
            ("7/2=", "3.5"),
            ("1/3=", "0.333333"),
            ("0.1+0.2=", "0.3"),
            ("5-8=", "-3"),
            ("5+-3=", "2"),  # a second operator replaces the first
            ("9C4", "4"),
            ("1..5", "1.5"),
            ("007", "7"),
            ("12<", "1"),
            ("5/0=", "Error"),
            ("5/0=7C8", "8"),
            ("99999999*99999999=", "Error"),
            ("123456789", "12345678"),
            ("3+4=5", "5"),
        ],
    )
    def test_arithmetic(self, keys, shown):
        arithmetic = Arithmetic()
        for key in keys:
            arithmetic.press(key)
        assert arithmetic.display == shown

    def test_mouse_and_keyboard(self, user):
        it = user(alone("Sums", "calculator"))
        for key in "7*6=":
            it.click("button", key, "Sums")
        assert it.widget("Display").value == "42"
        it.type("8+1")
        it.press("enter")
        assert it.widget("Display").value == "9"
        it.press("escape")
        assert it.widget("Display").value == "0"


class TestTextEditor:
    def test_saving_asks_for_a_name_once(self, user):
        it = user(alone("Notes", "text_editor"))
        it.type("hello")
        it.press("ctrl+s")
        it.press("enter")  # without a name the dialog stays
        assert it.focused == "Save as"
        it.type("new.txt")
        it.click("button", "Save", "Save as")
        assert it.desktop.state().files["new.txt"] == "hello"
        it.type(" again")
        it.click("button", "Save", "Notes")
        assert it.desktop.state().files["new.txt"] == "hello again"
        assert list(it.windows) == ["Notes"]

    @pytest.mark.parametrize("name", ["../out.txt", "/etc/passwd"])
    def test_no_file_outside_home(self, user, name):
        it = user(alone("Notes", "text_editor"))
        it.press("ctrl+s")
        it.type(name)
        it.press("enter")
        assert set(it.desktop.state().files) == {"a.txt", "b.txt"}

    def test_opening_a_file(self, user):
        it = user(alone("Notes", "text_editor"))
        it.click("button", "Open")
        it.click("list_item", "b.txt")
        it.click("button", "Open", "Open file")
        assert it.widget("Text").value == "beta"
        it.press("ctrl+o")
        it.double_click("list_item", "a.txt")
        assert it.widget("Text").value == "alpha"

    @pytest.mark.parametrize(
        ("answer", "is_open", "saved"),
        [("Save", False, "xalpha"), ("Discard", False, "alpha"), ("Cancel", True, "alpha")],
    )
    def test_closing_unsaved_text_asks(self, user, answer, is_open, saved):
        it = user(alone("Notes", "text_editor", path="a.txt"))
        it.press("home")
        it.type("x")
        it.click("close_button", "Notes")
        assert it.focused == "Unsaved changes"
        it.click("button", answer, "Unsaved changes")
        assert ("Notes" in it.windows) is is_open
        assert it.desktop.state().files["a.txt"] == saved

    def test_saved_text_closes_without_a_question(self, user):
        it = user(alone("Notes", "text_editor", path="a.txt"))
        it.press("alt+f4")
        assert it.windows == {}

    def test_new_starts_an_empty_document(self, user):
        it = user(alone("Notes", "text_editor", path="a.txt"))
        it.press("ctrl+n")
        assert it.widget("Text").value == ""
        it.type("x")
        it.press("ctrl+n")
        it.click("button", "Discard")
        assert it.widget("Text").value == ""

    def test_lines_and_keys(self, user):
        it = user(alone("Notes", "text_editor"))
        it.type("one")
        it.press("enter")
        it.type("three")
        it.press("up", "end")
        it.type(" two")
        it.press("ctrl+z", "backspace", "down", "home", "delete")
        assert it.widget("Text").value == "on\nhree"

    def test_a_long_text_scrolls(self, user):
        it = user(alone("Notes", "text_editor", text="\n".join(map(str, range(40)))))
        end = it.screen()
        assert it.find("scroll_bar", "Text") is not None
        it.press("page_up", "page_up")
        assert (it.screen() != end).any()


class TestFields:
    FIELDS = (
        FieldSetup(role="check_box", name="Sound", value=False),
        FieldSetup(role="drop_down", name="Color", options=("Red", "Blue", "Pink"), value="Red"),
        FieldSetup(role="slider", name="Volume", value=50),
    )

    def test_settings_count_when_they_are_applied(self, user):
        it = user(alone("Panel", "settings", fields=self.FIELDS))
        it.click("check_box", "Sound")
        assert it.desktop.state().settings["Sound"] is False
        it.click("button", "Apply")
        assert it.desktop.state().settings["Sound"] is True
        assert "Panel" in it.windows

    def test_ok_applies_and_cancel_does_not(self, user):
        for button, expected in (("OK", True), ("Cancel", False)):
            it = user(alone("Panel", "form", fields=self.FIELDS))
            it.click("check_box", "Sound")
            it.click("button", button, "Panel")
            assert it.desktop.state().settings["Sound"] is expected
            assert it.desktop.state().answers["Panel"] == button
            assert it.windows == {}

    def test_a_drop_down_opens_over_everything_and_takes_a_choice(self, user):
        it = user(alone("Panel", "form", fields=self.FIELDS))
        it.click("drop_down", "Color")
        it.click("option", "Pink")
        assert it.widget("Color").value == "Pink"
        assert it.find("option", "Pink") is None
        it.click("drop_down", "Color")
        it.press("escape")
        assert it.find("option", "Red") is None
        it.click("drop_down", "Color")
        it.press("up", "enter")
        assert it.widget("Color").value == "Blue"

    def test_a_click_on_an_open_drop_down_closes_it(self, user):
        it = user(alone("Panel", "form", fields=self.FIELDS))
        it.click("drop_down", "Color")
        it.click("drop_down", "Color")
        assert it.find("option", "Red") is None

    @pytest.mark.parametrize("share", [0.0, 0.3, 0.75, 1.0])
    def test_a_slider_goes_where_it_is_clicked(self, user, share):
        it = user(alone("Panel", "form", fields=self.FIELDS))
        x, y = it.point("slider", "Volume", at=share)
        it.drag(
            it.point("slider", "Volume", at=0.5), x - it.point("slider", "Volume", at=0.5)[0], 0
        )
        assert abs(it.widget("Volume").value - 100 * share) <= 5
        assert y

    def test_a_slider_s_number_only_shows(self, user):
        it = user(alone("Panel", "form", fields=self.FIELDS))
        it.click("label", "50")
        assert it.widget("Volume").value == 50
        assert it.find("label", "50").x >= it.find("slider", "Volume").right

    def test_a_slider_takes_keys(self, user):
        it = user(alone("Panel", "form", fields=self.FIELDS))
        it.click("slider", "Volume")
        it.press("home", "right", "right", "page_up")
        assert it.widget("Volume").value == 30
        it.press("end", "left")
        assert it.widget("Volume").value == 95

    def test_a_list_scrolls_and_selects(self, user):
        items = tuple(f"Item{index}" for index in range(12))
        field = FieldSetup(role="list", name="Stuff", options=items)
        it = user(alone("Panel", "form", fields=(field,)))
        assert it.find("list_item", "Item11") is None
        for _ in range(5):
            it.scroll_down("list", "Stuff")
        it.click("list_item", "Item11")
        assert it.widget("Stuff").value == "Item11"
        it.press("home")
        assert it.widget("Stuff").value == "Item0"
        assert it.find("list_item", "Item0") is not None

    def test_radio_buttons_exclude_each_other(self, user):
        field = FieldSetup(
            role="radio_button", name="Size", options=("Small", "Large"), value="Small"
        )
        it = user(alone("Panel", "form", fields=(field,)))
        it.click("radio_button", "Large")
        assert it.widget("Size").value == "Large"
        it.press("up")
        assert it.widget("Size").value == "Small"

    def test_a_push_button_ends_the_form(self, user):
        field = FieldSetup(role="button", name="Send")
        it = user(alone("Panel", "form", fields=(field,)))
        it.click("button", "Send")
        assert it.desktop.state().answers["Panel"] == "Send"
        assert it.windows == {}


class TestTextBuffer:
    def test_selection_is_replaced_and_undone(self):
        buffer = TextBuffer("some words here", is_single_line=True)
        buffer.select_word(7)
        assert buffer.selected_text == "words"
        buffer.insert("text")
        assert buffer.text == "some text here"
        buffer.undo()
        assert buffer.text == "some words here"

    def test_a_single_line_takes_no_line_breaks(self):
        buffer = TextBuffer("", is_single_line=True)
        buffer.insert("a\nb")
        assert buffer.text == "a b"

    def test_wrapping_breaks_at_blanks_and_loses_no_letter(self):
        text = "a few words and averyverylongone\n\nend"
        lines = wrapped(text, 10, len)
        assert "".join(text[line.start : line.end] for line in lines) == text.replace("\n", "")
        assert all(line.end - line.start <= 11 for line in lines)
        assert text[lines[0].start : lines[0].end] == "a few "
