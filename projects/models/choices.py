"""Codes in English, labels in the field's words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """The five phases of a life (方案三(一)–(五)): the only states in code; a pack names and gates them."""

    PLANNING = "planning", _("谋划生成")
    NEGOTIATION = "negotiation", _("对接洽谈")
    LANDING = "landing", _("签约落地")
    CONSTRUCTION = "construction", _("开工建设")
    PRODUCTION = "production", _("竣工投产")


class Batch(models.TextChoices):
    """The five batches of the headline counts (方案二); they do not map one to one on the phases."""

    RESERVE = "reserve", _("储备")
    NEGOTIATING = "negotiating", _("在谈")
    SIGNED = "signed", _("签约")
    STARTED = "started", _("开工")
    PRODUCING = "producing", _("投产")


class Origin(models.TextChoices):
    """Where the investor comes from, computed from division codes, never typed."""

    OUTSIDE_CITY = "outside_city", _("市外")
    CITY_OUTSIDE_DISTRICT = "city_outside_district", _("区外市内")
    DISTRICT = "district", _("区内")


class ProjectType(models.TextChoices):
    NEW = "new", _("新引进")
    EXPANSION = "expansion", _("增资扩产")
    SECOND_ROUND = "second_round", _("二次招商")


class AgreementGrade(models.TextChoices):
    """意向变协议、协议变合同 (file 001, 三(四)12): how binding what was signed is."""

    NONE = "none", _("未签")
    INTENTION = "intention", _("意向")
    AGREEMENT = "agreement", _("协议")
    CONTRACT = "contract", _("合同")


class Sector(models.TextChoices):
    INDUSTRY = "industry", _("工业")
    SERVICE = "service", _("服务业")
    AGRICULTURE = "agriculture", _("农业")
    OTHER = "other", _("其他")


class LandMode(models.TextChoices):
    """How the site is had: what starts the clock of construction service differs by it (R206–R207)."""

    GRANT = "grant", _("出让")
    LEASE = "lease", _("租赁")
    BUILD_FOR = "build_for", _("代建")
    PURCHASE = "purchase", _("购买")


class Measure(models.TextChoices):
    """Which money is meant: the seeds use five measures, and offices confuse them."""

    TOTAL = "total", _("总投资")
    FIXED_ASSET = "fixed_asset", _("固定资产投资")
    CONTRACT = "contract", _("协议资金")
    OUTPUT = "output", _("年产值")
    TAX = "tax", _("年税收")
    PAID_IN = "paid_in", _("到位资金")


class Currency(models.TextChoices):
    """What a figure may be stated in: the currencies that ledgers are read in."""

    CNY = "CNY", _("人民币")
    USD = "USD", _("美元")
    HKD = "HKD", _("港元")
    EUR = "EUR", _("欧元")
    JPY = "JPY", _("日元")
    GBP = "GBP", _("英镑")
    TWD = "TWD", _("新台币")
    KRW = "KRW", _("韩元")
    SGD = "SGD", _("新加坡元")
    AUD = "AUD", _("澳元")
    CAD = "CAD", _("加元")
