"""Two ways of doing what a page asks: by pointing, and by the keyboard alone. The same story is told with both."""

import re
from dataclasses import dataclass

from tests.browser.visitor import Visitor

# More stops than any page has.
MOST_STOPS = 150


@dataclass(frozen=True)
class Mouse:
    visitor: Visitor

    def type(self, label: str, text: str) -> None:
        self.visitor.page.get_by_label(beginning_with(label)).fill(text)

    def tick(self, label: str) -> None:
        self.visitor.page.get_by_role("checkbox", name=label).check()

    def press(self, name: str) -> None:
        """A link or a button."""
        button = self.visitor.page.get_by_role("button", name=beginning_with(name))
        button.or_(self.visitor.page.get_by_role("link", name=beginning_with(name))).first.click()


@dataclass(frozen=True)
class Keyboard:
    """Goes from stop to stop by Tab, and sees at each of them that the focus is in view, uncovered, and marked."""

    visitor: Visitor

    def type(self, label: str, text: str) -> None:
        """What the field held is selected when the focus arrives, so it is written over."""
        self.go_to(label)
        self.visitor.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self.go_to(label)
        self.visitor.page.keyboard.press("Space")

    def press(self, name: str) -> None:
        self.go_to(name)
        self.visitor.page.keyboard.press("Enter")

    def go_to(self, name: str) -> None:
        """To the next stop of which the name begins with `name`."""
        self.visitor.page.wait_for_load_state()
        for _stop in range(MOST_STOPS):
            self.visitor.page.keyboard.press("Tab")
            found = self.visitor.page.evaluate(FOCUS)
            assert found["faults"] == [], f"{self.visitor.page.url}: {found}"
            if found["name"].startswith(name):
                return
        raise AssertionError(f"{self.visitor.page.url}: {name} cannot be reached by Tab")


def beginning_with(name: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(name)}")


# The name of what has the focus, and what is wrong with how it shows. Past the last stop the page itself has it.
FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return {name: "", faults: []};
    const marked = [null, "::after"].some((part) => {
        const style = getComputedStyle(element, part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const boxes = [...element.getClientRects()];
    const seen = boxes.some(({x, y, width, height}) => {
        const top = document.elementFromPoint(x + width / 2, y + height / 2);
        return top !== null && (element.contains(top) || top.contains(element) && top.matches("label, a, li, p"));
    });
    const label = document.getElementById(element.getAttribute("aria-labelledby")) ?? element.labels?.[0];
    return {
        name: (label ?? element).innerText.trim().split("\\n")[0],
        faults: [...(marked ? [] : ["no outline"]), ...(seen ? [] : ["out of view or covered"])],
    };
}"""
