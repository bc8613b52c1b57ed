"""What every test in a browser watches for: errors in the page, and requests that leave it."""


def watch(page, ours, wrong):
    """Add to ``wrong`` what goes wrong in a page, and what it asks for beside ``ours``.

    ``ours`` a tuple of how addresses begin that may be asked for.
    """
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else 0)
    page.on(
        "request",
        lambda asked: 0 if asked.url.startswith(ours) else wrong.append(f"asked for {asked.url}"),
    )
