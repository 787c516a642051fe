from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projects"

    def ready(self) -> None:
        from cases import event_texts
        from projects import case_panels, chain_slot, clocks

        event_texts.register(
            {
                "project.registered": _("登记项目“%(name)s”，引进单位%(unit)s"),
                "project.edited": _("修改%(fields)s"),
                "project.advanced": _("由%(from)s进入%(to)s（%(clause)s）"),
                "enterprise.edited": _("修改企业“%(name)s”资料：%(fields)s"),
                "project.shelved": _("搁置项目：%(reason)s"),
                "project.resumed": _("恢复推进%(reason)s"),
                "project.dormant": _("%(days)s 天没有进展，标为休眠（%(rule)s，%(clause)s）"),
                "project.woken": _("由休眠恢复：%(why)s"),
                "project.stillness_explained": _("说明停滞原因：%(reason)s（有效至 %(until)s，%(clause)s）"),
                "project.stillness_explained_awake": _(
                    "说明停滞原因，由休眠恢复：%(reason)s（有效至 %(until)s，%(clause)s）"
                ),
                "project.exited": _("项目退出：%(reason)s"),
                "project.corrected": _("更正“%(name)s”日期：%(before)s → %(after)s（%(reason)s）"),
                "project.imported": _("由台账“%(file)s”第%(row)s行导入"),
                "project.import_updated": _("由台账“%(file)s”第%(row)s行更新%(fields)s"),
                "project.import_undone": _("撤销台账“%(file)s”的导入"),
                "project.code_added": _("登记投资项目代码 %(code)s"),
                "project.code_voided": _("作废投资项目代码 %(code)s：%(reason)s"),
                "project.first_linked": _("关联首个项目 %(code)s“%(other)s” %(reason)s"),
                "project.first_unlinked": _("取消与首个项目 %(code)s“%(other)s”的关联：%(reason)s"),
                "project.round_linked": _("%(code)s“%(other)s”登记为本项目之后的再投资"),
                "milestone.reached": _("%(on)s 完成“%(name)s”%(part)s（%(clause)s）"),
                "milestone.evidenced": _("补齐“%(name)s”佐证：%(paper)s（%(day)s，%(clause)s）"),
                "milestone.withdrawn": _("撤销“%(name)s”：%(reason)s"),
                "money.stated": _("登记%(measure)s：%(raw)s（原：%(before)s）"),
                "money.corrected": _("更正%(measure)s：%(before)s → %(raw)s（%(reason)s）"),
                "project.kept_apart": _("与 %(code)s“%(other)s”核对，不是同一项目：%(reason)s"),
                "project.merged": _("作为重复登记并入 %(code)s“%(other)s”：%(reason)s"),
                "project.absorbed": _("并入重复登记的 %(code)s“%(other)s”：%(reason)s"),
                "project.merge_undone": _("撤销与 %(code)s“%(other)s”的合并：%(reason)s"),
                "project.nodes_set": _("归入产业链节点：%(nodes)s"),
                "claim.made": _("%(unit)s %(who)s认领首接（%(clause)s）"),
                "claim.given_up": _("%(unit)s %(who)s放弃首接认领：%(reason)s"),
                "claim.ruled": _(
                    "首接裁定：支持%(unit)s %(who)s，不支持%(others)s（%(reason)s，%(clause)s）"
                ),
                "claim.offered": _("首接服务责任拟由%(from)s移交%(unit)s %(to)s，待其同意：%(reason)s"),
                "claim.handed_over": _("首接服务责任由%(from)s移交%(unit)s %(to)s：%(reason)s"),
                "claim.declined": _("%(to)s未同意接手首接服务责任：%(reason)s"),
                "claim.offer_withdrawn": _("撤回向%(to)s移交首接服务责任：%(reason)s"),
                "contact.recorded": _("%(channel)s联系%(with)s：%(matter)s"),
            }
        )
        case_panels.register_all()
        chain_slot.register()
        clocks.register()
