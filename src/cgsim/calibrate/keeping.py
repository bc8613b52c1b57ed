"""What a calibration's folder holds besides the bank: draws to go on with, tables, and JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgsim.answer.record import plain
from cgsim.calibrate.calibration import Calibration
from cgsim.compiler import changed_rules, source_hash
from cgsim.experiment.posterior import CALIBRATION, POSTERIOR
from cgsim.store.parts import encode
from cgsim.store.writing import write_csv
from cgsim.whole import write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd

FILES = (POSTERIOR, "taught.csv", "forecast.csv", CALIBRATION)


def as_record(found: Calibration) -> dict[str, Any]:
    """Return all that came of it as JSON can hold it; what is refused is not told."""
    told: dict[str, Any] = {
        "scenario": found.scenario.name,
        "scenario_tables": found.scenario.to_dict(),
        "records": {
            "file": found.records.file,
            "sha256": found.records.sha256,
            "months": found.records.months,
            "kinds": list(found.records.series),
            "ended": found.records.ended or None,
        },
        "answers": {partner: dict(given) for partner, given in found.answers.items()},
        "months_ahead": found.ahead,
        "seed": found.seed,
        "source": source_hash(),
        "changed_rules": list(changed_rules()),
        "draws": found.draws,
        "lives": found.lived,
        "lives_that_lasted": found.alike,
        "lives_kept": len(found.numbers),
        "packages": {name: metadata.version(name) for name in ("cgsim", "numpy", "scikit-learn")},
        "refused": found.refused or None,
        "distance": asdict(found.distance),
        "beside_the_model": [asdict(one) for one in found.kept],
        "check": {**asdict(found.checked), "honest": found.checked.honest},
    }
    if not found.refused:
        told["kept"] = [int(number) for number in found.numbers]
        told["posterior_sha256"] = hashlib.sha256(posterior_file(found)).hexdigest()
        told["taught"] = [asdict(one) for one in found.taught]
        told["r2_now"] = found.r2_now
        told["further_records"] = [asdict(one) for one in found.worth]
    told["forecast_refused"] = found.forecast_refused
    if not found.forecast_refused:
        told["forecast"] = [asdict(one) for one in found.outlook]
    return told


def posterior_file(found: Calibration) -> bytes:
    """Return the draws of the lives that were kept as a Parquet file, a row each."""
    import pyarrow as pa

    keys = list(dict.fromkeys(key for point in found.points for key in point))
    table = pa.table({key: [point[key] for point in found.points] for key in keys})
    about = {"records": found.records.sha256, "seed": found.seed, "lives": found.lived}
    return encode(table, about)


def taught_table(found: Calibration) -> pd.DataFrame:
    """Return a row an unknown: its range before and after, and whether it was learnt."""
    import pandas as pd

    return pd.DataFrame(
        {
            "name": one.name,
            "about": "recording" if one.of_recording else "the model",
            "before_low": one.before.low,
            "before_high": one.before.high,
            "after_low": one.after.low,
            "after_high": one.after.high,
            "narrower": one.shrank,
            "r2": one.r2,
            "learnt": one.learnt,
        }
        for one in found.taught
    )


def forecast_table(found: Calibration) -> pd.DataFrame:
    """Return a row an outlook, with and without the records: the middle half and 19 in 20."""
    import pandas as pd

    rows = []
    for one in found.outlook:
        for case, spread in (("with", one.with_records), ("without", one.without)):
            rows.append({"outlook": one.name, "words": one.words, "records": case}
                        | asdict(spread))  # fmt: skip
    return pd.DataFrame(rows)


def keep(found: Calibration, folder: Path) -> list[str]:
    """Write what may be told beside the bank, take away what may not; return the files' names."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    written = []
    if not found.refused:
        data = posterior_file(found)
        write_whole(folder / POSTERIOR, lambda stream: stream.write(data), replace=True)
        write_csv(folder / "taught.csv", taught_table(found))
        written += [POSTERIOR, "taught.csv"]
    if not found.forecast_refused:
        write_csv(folder / "forecast.csv", forecast_table(found))
        written.append("forecast.csv")
    text = json.dumps(plain(as_record(found)), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(folder / CALIBRATION, text + "\n", replace=True)
    return [*written, CALIBRATION]
