"""The client of indexes against a real server, and against its faults."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from roost.distributions import index as module
from roost.distributions.errors import IndexUnreachable
from tests.index import wheel


def first_wheel(found):
    return next(file for file in found.project.files if file.is_wheel)


@pytest.mark.parametrize("forms", [("json", "html"), ("html",)], ids=["json", "html"])
def test_a_wheel_is_known_without_being_downloaded(index, client, forms):
    index.forms = forms
    index.add("soup", modules={"soup/__init__.py": "", "soup/spoon.py": "", "big.py": "x" * 300_000})
    one = client()
    found = one.project("soup")
    assert len(found.project.files) == 3
    assert one.contents(first_wheel(found)).modules == ("big", "soup", "soup.spoon")


def test_a_name_that_no_index_has_is_none(client):
    assert client().project("soup") is None


def test_answers_are_remembered_also_that_a_name_is_absent(index, client):
    index.add("soup")
    one = client()
    one.contents(first_wheel(one.project("soup")))
    assert one.project("spoon") is None
    asked = len(index.asked)
    again = client(offline=True)
    again.contents(first_wheel(again.project("soup")))
    assert again.project("spoon") is None
    assert len(index.asked) == asked


def test_offline_what_is_not_remembered_is_an_error_that_says_so(index, client):
    index.add("soup")
    with pytest.raises(IndexUnreachable) as caught:
        client(offline=True).project("soup")
    assert "offline" in caught.value.why[0]
    assert index.asked == []


def test_facts_older_than_a_day_are_asked_again_and_serve_when_the_index_is_away(index, client, place, monkeypatch):
    index.add("soup")
    client().project("soup")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86400)
    client().project("soup")
    assert len(index.asked) == 2
    monkeypatch.setattr(time, "time", lambda: now + 4 * 86400)
    index.fail("/simple/", 500)
    assert client().project("soup").project.name == "soup"


def test_asking_again_does_not_trust_what_is_remembered(index, client):
    client().project("soup")
    index.add("soup")
    assert client().project("soup") is None
    assert client(again=True).project("soup")


def test_damaged_facts_are_asked_again(index, client, place):
    index.add("soup")
    client().project("soup")
    for file in place.facts.rglob("*.json"):
        file.write_text("{")
    assert client().project("soup")


def test_a_server_without_ranges_is_served_too(index, client):
    index.ranges = False
    index.add("soup")
    one = client()
    assert one.contents(first_wheel(one.project("soup"))).roots == ("soup",)


def test_a_server_without_ranges_is_refused_for_long_wheels(index, client, monkeypatch):
    monkeypatch.setattr(module, "WHOLE_LIMIT", 1 << 20)
    index.ranges = False
    index.add("soup", modules={"soup.py": "x" * (2 << 20)})
    one = client()
    with pytest.raises(IndexUnreachable) as caught:
        one.contents(first_wheel(one.project("soup")))
    assert "longer than 1 MiB" in caught.value.why[0]


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_status_that_is_no_answer_is_named_and_asked_once(index, client, status):
    index.fail("/simple/", status)
    one = client()
    for name in ("soup", "spoon"):
        with pytest.raises(IndexUnreachable) as caught:
            one.project(name)
        assert str(status) in caught.value.why[0]
    assert len(index.asked) == 1


def test_a_connection_that_is_refused_is_named(client, place):
    from roost.distributions.indexes import Indexes
    from roost.settings import Settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = module.Index(
        Indexes(f"http://user:hidden@127.0.0.1:{port}/simple"), home=place, settings=Settings(), environ={}
    )
    with pytest.raises(IndexUnreachable) as caught:
        one.project("soup")
    assert "refused" in caught.value.why[0]
    assert "hidden" not in caught.value.what


def test_a_server_that_hangs_costs_one_time_out(index, client):
    index.hold("/simple/soup")
    one = client(timeout=0.3)
    with pytest.raises(IndexUnreachable) as caught:
        one.project("soup")
    assert "no answer within 0.3 s" in caught.value.why[0]
    with pytest.raises(IndexUnreachable):
        one.project("spoon")
    assert len(index.asked) == 1


def test_a_server_that_drips_is_given_up(client, place):
    from roost.distributions.indexes import Indexes
    from roost.settings import Settings

    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
            try:
                while not done.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        one = module.Index(
            Indexes(f"http://127.0.0.1:{server.getsockname()[1]}/simple"),
            home=place,
            settings=Settings(index_timeout=0.5),
            environ={},
        )
        with pytest.raises(IndexUnreachable) as caught:
            one.project("soup")
        assert "within 0.5 s" in caught.value.why[0]
    finally:
        done.set()
        thread.join(10)
        server.close()


def test_an_added_index_is_asked_first_and_gives_the_whole_name(index, client):
    from tests import index as indexes

    private, server = indexes.serve()
    try:
        private.add("soup", "9.0")
        index.add("soup", "1.0")
        index.add("spoon")
        one = client(extra=(f"{private.url}simple/",))
        found = one.project("soup")
        assert found.own
        assert {file.filename.split("-")[1] for file in found.project.files} == {"0.0.1", "0.0.2", "9.0"}
        assert not one.project("spoon").own
        assert not one.behind("soup").own
    finally:
        server.shutdown()
        server.server_close()


def test_a_folder_of_wheels_is_an_index_too(client, tmp_path):
    folder = tmp_path / "wheels with blank"
    folder.mkdir()
    name, data = wheel("Soup.Spoon", "1.0")
    (folder / name).write_bytes(data)
    one = client(find_links=(str(folder),))
    found = one.project("soup-spoon")
    assert found.own
    assert one.contents(first_wheel(found)).roots == ("soup_spoon",)


def test_an_index_in_a_folder_is_read(client, tmp_path):
    name, data = wheel("soup", "1.0")
    page = tmp_path / "simple" / "soup"
    page.mkdir(parents=True)
    (page / name).write_bytes(data)
    (page / "index.html").write_text(f'<a href="{name}">{name}</a>')
    one = client(extra=(f"file://{tmp_path}/simple",))
    assert one.contents(first_wheel(one.project("soup"))).roots == ("soup",)


def test_what_is_no_wheel_is_an_error_that_names_the_file(index, client):
    index.put("soup", "soup-1.0-py3-none-any.whl", b"<html>please log in</html>" * 10)
    one = client()
    with pytest.raises(IndexUnreachable) as caught:
        one.contents(first_wheel(one.project("soup")))
    assert "soup-1.0-py3-none-any.whl" in caught.value.what


def test_the_engine_says_which_index_is_the_default_one_and_is_asked_once(place, monkeypatch):
    address = module.default_address(place, timeout=20)
    assert address.startswith("https://")
    monkeypatch.setenv("PATH", "")
    assert module.default_address(place, timeout=20) == address
