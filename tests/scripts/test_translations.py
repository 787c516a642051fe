"""The catalogue's checks find what a hurried translator leaves behind."""

from pathlib import Path

import pytest
from babel.messages.catalog import Message

from scripts import translations


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one module and one template."""
    (tmp_path / "app").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "app" / "views.py").write_text('words = _("项目")\nmany = ngettext("一项", "%(n)s 项", n)\n')
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}\n  <p>{% trans "标题" %}</p>{% blocktrans %}共 {{ n }} 条{% endblocktrans %}\n'
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "ENGLISH", tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po")
    return tmp_path


def test_texts_are_found_in_modules_and_templates(root: Path) -> None:
    assert {text for _, text in translations.extracted()} == {"项目", "一项", "标题", "共 %(n)s 条"}


def test_an_empty_catalogue_lacks_everything(root: Path) -> None:
    assert len([line for line in translations.check() if "not in the catalogue" in line]) == 4


def test_an_update_adds_what_is_missing_and_keeps_what_is_translated(root: Path) -> None:
    assert translations.update() == 4
    text = translations.ENGLISH.read_text()
    translations.ENGLISH.write_text(text.replace('msgid "项目"\nmsgstr ""', 'msgid "项目"\nmsgstr "Project"'))
    assert translations.update() == 3
    assert 'msgstr "Project"' in translations.ENGLISH.read_text()


def test_an_update_drops_what_is_no_longer_used(root: Path) -> None:
    translations.update()
    (root / "app" / "views.py").write_text("")
    assert any(line == "no longer used: 项目" for line in translations.check())
    translations.update()
    assert "项目" not in translations.ENGLISH.read_text()


def test_chinese_outside_a_tag_is_found_with_its_line(root: Path) -> None:
    (root / "templates" / "b.html").write_text('<p>\n保存</p>\n<button lang="zh-hans">中文</button>\n')
    assert translations.untagged() == ["templates/b.html:2: outside a translation tag: 保存</p>"]


@pytest.mark.parametrize(
    ("source", "english", "faults"),
    [
        ("共 %(n)s 条", "%(n)s rows", []),
        ("共 %(n)s 条", "rows", ["placeholders differ"]),
        ("共 %(n)s 条", "%(m)s rows", ["placeholders differ"]),
        ("项目", "", ["not translated"]),
        (("一项", "%(n)s 项"), ("one item", "%(n)s items"), []),
        (("%(n)s 项", "%(n)s 项"), ("one item", "%(x)s items"), ["placeholders differ"]),
        (("%(n)s 项", "%(n)s 项"), ("", "%(n)s items"), ["not translated"]),
    ],
)
def test_placeholders_must_agree(source: object, english: object, faults: list[str]) -> None:
    assert list(translations.faults(Message(source, english))) == faults


def test_a_fuzzy_entry_is_not_a_translation() -> None:
    assert list(translations.faults(Message("项目", "Project", flags={"fuzzy"}))) == ["fuzzy"]


def test_what_is_compiled_can_be_loaded(root: Path) -> None:
    import gettext

    translations.update()
    text = translations.ENGLISH.read_text()
    translations.ENGLISH.write_text(text.replace('msgid "项目"\nmsgstr ""', 'msgid "项目"\nmsgstr "Project"'))
    translations.compile_all()
    with translations.ENGLISH.with_suffix(".mo").open("rb") as binary:
        assert gettext.GNUTranslations(binary).gettext("项目") == "Project"
