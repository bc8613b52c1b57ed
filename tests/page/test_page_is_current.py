"""What is built and shipped is what the sources make."""

import json
import shutil
import subprocess

import pytest

from cgsim.page import sources

REMEDY = "the page's sources have changed since it was built: make page"


def test_it_was_built_from_these_sources():
    assert sources.record()["sources"] == sources.digest(), REMEDY


def test_built_files_are_those_that_were_built():
    assert sources.record()["files"] == sources.hashes(), REMEDY


def test_every_source_counts(tmp_path, monkeypatch):
    before = sources.digest()
    web = tmp_path / "web"
    shutil.copytree(sources.WEB, web, ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.setattr(sources, "WEB", web)
    assert sources.digest() == before
    for name in ("look.css", "state/store.js", "build.mjs", "package-lock.json"):
        path = web / name
        old = path.read_text()
        path.write_text(old + "\n")
        assert sources.digest() != before, name
        path.write_text(old)


def test_the_lock_file_tells_versions_and_no_addresses():
    lock = json.loads((sources.WEB / "package-lock.json").read_text())
    assert all("resolved" not in package for package in lock["packages"].values())
    asked = json.loads((sources.WEB / "package.json").read_text())
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_what_others_wrote_carries_their_names_and_licences():
    lock = json.loads((sources.WEB / "package-lock.json").read_text())["packages"]
    asked = json.loads((sources.WEB / "package.json").read_text())["dependencies"]
    script, _, told = sources.built("page.js").rpartition("/*!\nThis page holds parts")
    assert script
    licences = {"ISC": "Mike Bostock", "MIT": "Permission is hereby granted"}
    licences |= {"Apache-2.0": "Apache License", "BSD-3-Clause": "Neither the name"}
    # The scales and shapes of D3 rest on others of its parts.
    for name in (*asked, "d3-array", "d3-path", "d3-time"):
        package = lock[f"node_modules/{name}"]
        assert f"{name} {package['version']}" in told
        assert licences[package["license"]] in told


@pytest.mark.skipif(not (sources.WEB / "node_modules").is_dir(), reason="the tools are not here")
def test_it_is_built_to_the_same_bytes_again_and_its_types_fit(tmp_path):
    node = shutil.which("node")
    web = tmp_path / "page" / "web"
    shutil.copytree(sources.WEB, web, ignore=shutil.ignore_patterns("node_modules"))
    (web / "node_modules").symlink_to(sources.WEB / "node_modules")
    shutil.copytree(sources.ENGINE.parent, tmp_path / "portable")
    for command in ([node, "build.mjs"], [node, "node_modules/typescript/bin/tsc", "-p", "."]):
        done = subprocess.run(command, cwd=web, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    for name in sources.FILES:
        assert (tmp_path / "page" / "built" / name).read_text() == sources.built(name), REMEDY
