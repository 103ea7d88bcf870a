#!/usr/bin/env python3
# suite
"""The scan page in Firefox and WebKit (tests/flow/browser_kit.py), which have no camera here: it says why, and reads photos of badges, with the server and without; what waited is recorded
once. The camera itself, HTTPS and the page without a network are in tests/browser/scan.mjs (Chromium).

    B=build/x tests/flow/scan_browsers.py [firefox|webkit]"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser_kit  # noqa: E402
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("scan-browsers")
PASSWORD = "mat khau that dai 19"
PEOPLE = {"firefox": ("P01", "P02"), "webkit": ("P05", "P06")}
tokens = {}


def begin():
    server.load(plenum.small_event(server.folder))
    server.start()
    tokens.update(server.tokens("test-1"))
    server.user("helper", "desk", "test-1", password=PASSWORD)


def photo(person):
    path = os.path.join(server.folder, person + ".png")
    subprocess.run([plenum.tool("qrencode"), "-o", path, "-s", "9", "-m", "8", "-l", "Q", "http://10.0.0.1:8080/D/" + tokens[person]], check=True)
    return path


def outcomes(person):
    return [row[0] for row in server.rows("SELECT s.outcome FROM scan s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id WHERE p.code = ?", person)]


def told(b, person, number):
    b.type("#photo", photo(person))
    b.waits("document.documentElement.dataset.shown === '%d'" % number)
    return b("document.documentElement.dataset.state + ' ' + document.getElementById('results').textContent")


def story(b, first, second):
    name = b.name
    b.go("/login?next=/scan/test-1&lang=en")
    b.type('input[name="name"]', "helper")
    b.type('input[name="password"]', PASSWORD)
    b.click('main button[type="submit"]')
    b.waits("!!document.querySelector('#setup:not([hidden])')")
    b.fits("choosing a gate")
    b.click('#start button[type="submit"]')
    b.waits("document.documentElement.dataset.camera === 'none'")
    check("NO CAMERA FOUND" in b("document.getElementById('blind').textContent"), "%s: it says why there is no camera" % name)
    b.waits("/old/.test(document.querySelector('#list .text').textContent)")
    text = told(b, first, 1)
    check(text.startswith("admitted"), "%s: a photo of a badge admits" % name, text)
    b.keep("scan")
    browser_kit.until("the record has it", lambda: outcomes(first) == ["admitted"])
    check(not b("document.documentElement.innerHTML").count(tokens[first]), "%s: no token stands in the page" % name)
    server.stop()
    text = told(b, second, 2)
    check(text.startswith("admitted") and "Decided at this door" in text, "%s: without the server the list decides, and says so" % name, text)
    equal(outcomes(second), [], "%s: nothing of it is recorded yet" % name)
    server.start()
    b.waits("document.querySelector('#queue .text').textContent === 'All sent' && document.querySelector('#server .text').textContent === 'Server reached'", 60)
    equal(outcomes(second), ["admitted"], "%s: recorded once" % name)
    b.accessible("the scan page")
    b.is_calm("the scan page")


if __name__ == "__main__":
    engines = [one for one in browser_kit.stories(story, server, 360, 740, PEOPLE) if one.__name__ != "Chromium"]
    plenum.run("scan_browsers", begin, *engines, browser_kit.the_end(server))
