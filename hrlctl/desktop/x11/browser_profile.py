"""How a browser is started so that it shows pages and nothing that nobody asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FLAGS: Final = (
    "--remote-debugging-pipe",
    "--no-startup-window",  # the first one opens when hrlctl answers for all pages
    "--no-first-run",
    "--no-default-browser-check",
    # Its own sandbox cannot be made inside bubblewrap's; all that it shows is hrlctl's.
    "--no-sandbox",
    "--test-type",  # says nothing about the flag above
    "--password-store=basic",
    # hrlctl answers for pages; what else a browser looks for has no network to look in.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-pings",
    # One process draws, without a graphics card, and nothing moves that does not have to.
    "--disable-gpu",
    "--disable-smooth-scrolling",
    "--wm-window-animations-disabled",
    "--animation-duration-scale=0",
    "--force-prefers-reduced-motion",
    "--renderer-process-limit=1",
    # What is typed is not completed by what was typed before: HistoryQuick (4), Shortcuts (64).
    "--force-fieldtrials=OmniboxBundledExperimentV1/hrlctl",
    "--force-fieldtrial-params=OmniboxBundledExperimentV1.hrlctl:DisableProviders/68",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--noerrdialogs",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--disable-features="
    + ",".join(
        (
            "GlobalMediaControls",
            "MediaRouter",
            "OptimizationHints",
            "PaintHolding",  # waits with a new page's first picture
            "SidePanelPinning",
            "TabHoverCardImages",
            "TabSearchToolbarButton",
            "Translate",
            "WebUIOmniboxAimPopup",
            "WebUIOmniboxPopup",  # a page of its own that comes late
        )
    ),
)
"""For Chromium and what is made of it."""

NEW_TAB: Final = "https://new-tab.invalid/"
"""What an empty tab asks for; hrlctl answers it like all pages."""
_SEARCH: Final = "https://search.invalid/?q={searchTerms}"

_PREFERENCES: Final[dict[str, Any]] = {
    "alternate_error_pages": {"enabled": False},
    "autofill": {"credit_card_enabled": False, "profile_enabled": False},
    "background_mode": {"enabled": False},
    "bookmark_bar": {"show_on_all_tabs": False},
    "browser": {
        "check_default_browser": False,
        "custom_chrome_frame": False,  # the window manager draws it as for other programs
        "has_seen_welcome_page": True,
        "show_home_button": False,
    },
    "credentials_enable_service": False,
    "default_search_provider_data": {
        "template_url_data": {
            "id": "1000",
            "keyword": "search.invalid",
            "new_tab_url": NEW_TAB,
            "safe_for_autoreplace": False,
            "short_name": "Web",
            "url": _SEARCH,
        }
    },
    "dns_prefetching": {"enabled": False},
    "extensions": {"theme": {"system_theme": 1}},  # the colours of GTK: the episode's
    "history": {"saving_disabled": True},  # what is typed is not completed from it
    "net": {"network_prediction_options": 2},
    "profile": {"default_content_setting_values": {"notifications": 2}},
    "safebrowsing": {"enabled": False},
    "search": {"suggest_enabled": False},
    "signin": {"allowed": False, "allowed_on_next_startup": False},
    "translate": {"enabled": False},
}


def write_profile(folder: Path) -> None:
    """Make an empty folder that of a browser that was started before and has nothing to ask."""
    (folder / "Default").mkdir()
    (folder / "First Run").touch()
    (folder / "Default" / "Preferences").write_text(json.dumps(_PREFERENCES), encoding="utf-8")
    (folder / "Local State").write_text(
        json.dumps({"background_mode": {"enabled": False}}), encoding="utf-8"
    )
