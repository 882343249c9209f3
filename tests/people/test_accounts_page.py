"""An admin makes the first account, logs in, adds somebody of one line and a token; the log holds."""

from __future__ import annotations

import re

import pytest

from guarded import PASSWORD, two_lines
from runs import run_plant

NAMES = ("first", "login", "add", "only", "save", "token", "verify", "holds")
ENGLISH = ("Make the first account", "Log in", "Add a person", "Only these lines", "Save", "Add a token")
ENGLISH += ("Verify the chain", "The log is whole")
CHINESE = ("创建第一个账户", "登录", "添加人员", "仅限这些产线", "保存", "添加令牌", "校验链", "日志完整")


@pytest.mark.parametrize(("lang", "theme", "texts"), [("en", "dark", ENGLISH), ("zh", "light", CHINESE)])
def test_an_admin_lets_others_in(browser, tmp_path, picture, lang, theme, texts):
    said = dict(zip(NAMES, texts, strict=True))
    with run_plant(two_lines(tmp_path / "works")) as run:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme=theme, locale="zh-CN" if lang == "zh" else "en-GB"
        )
        context.set_default_timeout(60_000)
        faults: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("console", lambda m: m.type == "error" and "401" not in m.text and faults.append(m.text))
        page.goto(f"{run.url}/accounts")
        page.locator(".first [name=name]").fill("ann")
        page.locator(".first [name=password]").fill(PASSWORD)
        picture(page, f"accounts-first-{lang}")
        page.get_by_role("button", name=said["first"]).click()

        page.locator("main.login [name=name]").fill("ann")
        page.locator("main.login [name=password]").fill("not the pass phrase")
        page.get_by_role("button", name=said["login"], exact=True).click()
        page.get_by_role("alert").filter(has_text=re.compile("...")).wait_for()
        picture(page, f"login-{lang}")
        page.locator("main.login [name=password]").fill(PASSWORD)
        page.get_by_role("button", name=said["login"], exact=True).click()

        page.get_by_role("button", name=said["add"]).click()
        page.locator("dialog.editor [name=name]").fill("bob")
        page.get_by_label(said["only"]).check()
        page.get_by_label("line-1", exact=True).check()
        page.locator("dialog.editor [name=password]").fill("another pass phrase")
        picture(page, f"accounts-add-{lang}")
        page.get_by_role("button", name=said["save"]).click()
        page.get_by_role("row", name=re.compile("bob.*line-1")).wait_for()
        picture(page, f"accounts-{lang}")

        page.goto(f"{run.url}/accounts?tab=tokens")
        page.get_by_role("button", name=said["token"]).click()
        page.locator("dialog.editor [name=name]").fill("grafana")
        page.get_by_role("button", name=said["save"]).click()
        token = page.locator(".once input").input_value()
        assert re.fullmatch(r"andon_\w{8}_[\w-]{43}", token)
        asked = context.request.get(f"{run.url}/api/me", headers={"authorization": f"Bearer {token}"}).json()
        assert (asked["who"], asked["right"]) == ("token grafana", "viewer")

        _is_in_the_log(page, run.url, said)
        picture(page, f"accounts-log-{lang}")
        context.close()
        assert not faults


def _is_in_the_log(page, url, said):
    page.goto(f"{url}/accounts?tab=log")
    page.get_by_role("button", name=said["verify"]).click()
    page.get_by_text(said["holds"]).wait_for()
    assert {"add_account", "login", "add_token"} <= set(page.locator("tbody td:nth-child(4)").all_text_contents())
