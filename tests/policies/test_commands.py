"""check_policy, load_policy, clause_coverage."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.organisation import SHIPPED
from policies.models import PolicyVersion
from tests.policies.conftest import BARE

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text(BARE)
    return path


def test_check_prints_a_summary_of_a_sound_pack(bare, capsys):
    call_command("check_policy", str(bare))
    out = capsys.readouterr().out
    assert "试行方案（bare 1）：条款 1" in out
    assert "程序步骤 1" in out


def test_check_prints_every_fault_with_file_table_and_key_and_fails(bare, capsys):
    bare.write_text(BARE.replace("count = 5", "count = 0"))
    with pytest.raises(CommandError, match="1处错误"):
        call_command("check_policy", str(bare))
    out = capsys.readouterr().out
    assert f"{bare}:" in out
    assert "[steps] work.limit.count" in out
    assert "不得小于 1" in out
    assert "must be at least 1" in out


def test_check_knows_the_shipped_packs_by_name_and_units_by_file(capsys):
    organisation = str(SHIPPED / "fuling-units.toml")
    call_command("check_policy", "fuling-lifecycle-2024", "fuling-promotion-2021", organisation=organisation)
    assert capsys.readouterr().out.count("无错误") == 2


def test_check_says_a_missing_file_is_missing(capsys):
    with pytest.raises(CommandError):
        call_command("check_policy", "nowhere.toml")
    assert "无法读取文件" in capsys.readouterr().out


def test_check_as_json_is_one_object(bare, capsys):
    call_command("check_policy", str(bare), "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert found["packs"][0]["steps"] == 1


def test_load_makes_a_draft_and_publish_puts_it_in_force(bare, capsys):
    call_command("load_policy", str(bare))
    assert PolicyVersion.objects.get().status == "draft"
    call_command("load_policy", str(bare), "--publish")
    assert PolicyVersion.objects.get().status == "published"
    assert "2026-01-01" in capsys.readouterr().out


def test_load_takes_all_files_or_none(bare, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("[policy")
    with pytest.raises(CommandError, match="TOML"):
        call_command("load_policy", str(bare), str(broken), "--publish")
    assert not PolicyVersion.objects.exists()


def test_coverage_lists_every_clause_with_its_rules_and_counts_those_without(in_force, capsys):
    call_command("clause_coverage")
    out = capsys.readouterr().out
    assert "三(二)5\t" in out
    assert "程序步骤 “5+2”研判评估" in out
    assert "暂无规则" in out
    assert "共25条：22条已有规则，3条暂无规则" in out


def test_the_clause_on_service_guides_is_carried_by_the_guides(in_force, capsys):
    call_command("clause_coverage")
    carried = capsys.readouterr().out.split("  四(二)\t")[1].split("→ ")[1].split("\n")[0]
    assert "施工许可 · 办事指南" in carried and "其他材料" not in carried


def test_a_clause_that_only_other_papers_cite_is_not_carried(bare, capsys):
    other = '[[documents]]\ncode = "other"\nname = "其他材料"\nclause = "二"\n'
    bare.write_text(BARE + '\n[[clauses]]\nno = "二"\ngist = "第二条"\n\n' + other)
    call_command("clause_coverage", str(bare))
    out = capsys.readouterr().out
    assert "其他材料" not in out and "1条暂无规则" in out


def test_coverage_of_a_file_needs_no_database_rows(capsys):
    call_command("clause_coverage", "fuling-promotion-2021")
    assert "附件2 备注1" in capsys.readouterr().out


def test_coverage_without_anything_published_says_so():
    with pytest.raises(CommandError, match="没有已发布的制度"):
        call_command("clause_coverage")
