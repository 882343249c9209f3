"""The table of commands by help panel: name -> (module, one line)."""

PANELS: dict[str, dict[str, tuple[str, str]]] = {
    "Start": {
        "init": ("start", "Make a plant folder."),
        "check": ("start", "Check plant.toml and name every mistake with its line."),
        "schema": ("start", "Print the JSON Schema of plant.toml."),
        "demo": ("demo", "Run a simulated plant on real servers, or walk through its answers."),
    },
    "Run": {
        "run": ("running", "Run the plant: connect to its machines and keep everything they say."),
        "relay": ("relay", "Run the plant as an edge: keep what its machines say and send it to a central Andon."),
        "now": ("running", "Show what every machine is doing, and how its shift goes."),
        "sources": ("running", "Show how each source is doing, and why data stopped."),
        "alarms": ("alarms", "Show the alarms that stand, the most urgent first."),
        "chaos": ("chaos", "Harm real servers and a real Andon, and account for every sample."),
    },
    "Bring data": {
        "connect": ("connect", "Connect to a machine: look what it offers, and make it a part of the plant."),
        "browse": ("connect", "Show what a machine, or a source of the plant, offers."),
        "test-source": ("connect", "Try a source of the plant, and say what is wrong with it."),
        "import": ("bring", "Store files: CSV, Excel, Parquet, JSON lines, line protocol."),
        "watch-folder": ("bring", "Store files as they appear in a folder."),
    },
    "Ask": {
        "studies": ("questions", "List what the plant can answer, and what is missing for the rest."),
        "ask": ("questions", "Ask a study."),
        "report": ("reports", "Write a shift, a day or a week as a report: HTML, PDF, Excel."),
        "dossier": ("dossiers", "Write capability or measurement system analysis as a report to sign."),
        "gauge-study": ("dossiers", "Plan a gauge study, and print its sheet."),
        "trend": ("signals", "Show how a signal went."),
        "latest": ("signals", "Show the last value of every signal."),
        "coverage": ("signals", "Show how much of each signal was heard."),
        "mcp": ("assistant", "Let a language model ask the plant: MCP over standard input and output."),
        "sql": ("signals", "Ask the history in SQL, read-only."),
    },
    "Ledger": {
        "close": ("books", "Close finished shifts into the ledger."),
        "losses": ("books", "Rank the losses in minutes, parts and money."),
        "history": ("books", "Show the versions of a closed shift: old and new."),
        "balance": ("books", "Prove that the books balance."),
        "reason": ("acts", "Give a stop its reason."),
        "act": ("acts", "Change something else: stops, orders, scrap, notes, alarms."),
        "proposals": ("assistant", "Show what programs proposed; confirm or dismiss it."),
        "audit": ("acts", "Show and verify the log of what people changed."),
    },
    "Look after": {
        "account": ("access", "Say who may log in, and with which right."),
        "token": ("access", "Give programs tokens to ask with, and take them away."),
        "export": ("upkeep", "Copy history to Parquet or CSV."),
        "seal": ("upkeep", "Seal the hot days into Parquet now."),
        "backup": ("upkeep", "Copy the whole plant while it runs."),
        "restore": ("upkeep", "Bring a backup back into a new folder."),
        "verify": ("upkeep", "Check everything on disk and name what is damaged."),
        "forget": ("upkeep", "Delete old history by retention class; the deletion is recorded."),
    },
}

COMMANDS: dict[str, tuple[str, str]] = {name: row for panel in PANELS.values() for name, row in panel.items()}
