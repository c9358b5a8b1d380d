"""A real browser: Debian's Chromium and its driver, or those that the environment names.

Where there is none, these tests are skipped, but for continuous integration (``CI`` is set),
where they must run: ``.ci/run`` installs one.
"""

import json
import os
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="pip install 'openbook[dev]'")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MADE = Path(__file__).parents[1] / "evaluate" / "made_results.py"


def found(variable: str, *names: str) -> str:
    """Path of a program: what the environment names, else the first one installed."""
    return os.environ.get(variable) or next(filter(None, map(shutil.which, names)), "")


class Browser:
    """The driver, with what these tests ask of it again and again."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(
        self, file: Path, *, width: int = 1280, height: int = 900, dark: bool = False,
        scripts: bool = True,
    ) -> None:  # fmt: skip
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.command("Emulation.setEmulatedMedia", features=media)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(file.as_uri())

    def command(self, name: str, **values: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, values)

    def js(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    @property
    def complaints(self) -> list[str]:
        """What the console said."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    @property
    def requests(self) -> list[str]:
        """Everything that the page asked for, since it was opened."""
        messages = (json.loads(e["message"])["message"] for e in self.driver.get_log("performance"))
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = found("OPENBOOK_BROWSER", *BROWSERS)
    driver = found("OPENBOOK_BROWSER_DRIVER", "chromedriver")
    if not program or not driver:
        reason = "no Chromium with chromedriver here: apt-get install chromium chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    opened = webdriver.Chrome(options=options, service=service)
    yield Browser(opened)
    opened.quit()


@pytest.fixture(scope="session")
def results() -> Callable[..., dict[str, Any]]:
    """Makes results of a comparison that never ran."""
    made: Callable[..., dict[str, Any]] = runpy.run_path(str(MADE))["results"]
    return made


@pytest.fixture(scope="session")
def reports(
    tmp_path_factory: pytest.TempPathFactory, results: Callable[..., dict[str, Any]]
) -> dict[str, Path]:
    """A report in English and one in Korean."""
    from openbook.evaluate.report import write

    folder = tmp_path_factory.mktemp("reports")
    made = {"en": results(0, 60), "ko": results(1, 60, 0.7)}
    return {key: write(value, folder / f"{key}.html") for key, value in made.items()}
