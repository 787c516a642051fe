"""What happened in service, in words for the timeline."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
    "handing.made": _("%(unit)s移交：%(name)s（%(clause)s） %(letter)s"),
    "handing.letter": _("%(name)s补函件%(letter)s"),
    "handing.acknowledged": _("%(unit)s签收%(name)s%(words)s"),
    "handing.declined": _("%(unit)s退回%(name)s%(words)s"),
    "handing.pushed_again": _("%(name)s重新移交%(unit)s"),
    "handing.completed": _("%(name)s已全部签收（%(clause)s）"),
    "handing.withdrawn": _("%(name)s撤销：%(reason)s"),
    "team.passed_on": _(
        "%(old)s的服务岗位移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
    ),
    "service.handed_over": _(
        "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
    ),
    "elements.registered": _("登记要素需求：%(what)s"),
    "elements.under_way": _("要素“%(name)s”开始对接 %(note)s"),
    "elements.met": _("要素“%(name)s”已落实：%(note)s"),
    "elements.dropped": _("取消要素“%(name)s”的需求：%(note)s"),
    "acceptance.stage_planned": _("登记验收第%(no)s期“%(name)s”：%(scope)s（%(clause)s）"),
    "acceptance.stage_dropped": _("取消验收第%(no)s期“%(name)s”：%(reason)s"),
    "guidance.asked": _("向%(unit)s提出%(name)s：%(matter)s（%(clause)s）"),
    "guidance.given": _("%(unit)s提供%(name)s：%(words)s"),
    "guidance.withdrawn": _("撤回向%(unit)s提出的%(name)s：%(reason)s"),
    "land.delivered": _("%(delivered)s 交地，%(certificate)s 发证（%(no)s）%(reason)s（%(clause)s）"),
    "progress.recognised": _("认定“%(name)s”，依据：%(grounds)s（%(clause)s）"),
    "progress.day_stated": _("%(unit)s填报“%(name)s”：%(day)s"),
    "progress.day_corrected": _("%(unit)s更正“%(name)s”：%(before)s → %(day)s（%(reason)s）"),
    "progress.reported": _("%(month)s 进度：完成投资%(invested)s，%(stage)s，%(percent)s%%（%(clause)s）"),
    "progress.corrected": _(
        "更正 %(month)s 进度：%(before)s → %(invested)s，%(stage)s，%(percent)s%%（%(reason)s）"
    ),
    "platform.entered": _("录入%(name)s %(number)s（%(clause)s）"),
    "portal.account_opened": _("开通企业账号：%(user)s（%(username)s）"),
    "portal.account_ended": _("停用企业账号：%(user)s（%(username)s）：%(reason)s"),
    "portal.policies_pushed": _("向企业推送惠企政策：%(names)s"),
    "portal.policy_withdrawn": _("撤回向企业推送的惠企政策“%(title)s”：%(reason)s"),
    "portal.asked": _("请企业办理“%(title)s” %(due)s"),
    "portal.ask_done": _("企业完成“%(title)s” %(note)s"),
    "portal.ask_withdrawn": _("撤回请企业办理的“%(title)s”：%(reason)s"),
    "portal.request_raised": _("企业提出“%(title)s”（%(name)s，%(clause)s）"),
    "portal.request_answered": _("%(unit)s答复企业“%(title)s”：%(words)s"),
    "portal.request_judged": _("企业评价“%(title)s”的答复：%(verdict)s %(words)s"),
}
AUDITED = {
    "portal.account_opened": _("开通企业账号"),
    "portal.account_ended": _("停用企业账号"),
    "portal.out_of_bounds": _("企业账号越界访问"),
}
