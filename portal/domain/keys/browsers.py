"""Of what kind a browser is, in the words of its owner: never what it says of itself letter by letter."""

# In this order: most call themselves by the names of others as well.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "YaBrowser/": "Yandex",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def kind_of(user_agent: str) -> str:
    """``Firefox, Windows``; what is not known is left out, and nothing is said of what is no browser."""
    browser, system = (_named(user_agent, names) for names in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, (browser, system))) if browser else ""


def _named(text: str, names: dict[str, str]) -> str:
    return next((name for sign, name in names.items() if sign in text), "")
