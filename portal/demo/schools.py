"""The institutions and people of the demo. None of them exists."""

from dataclasses import dataclass
from enum import Enum

from portal.domain.people import Role
from portal.domain.placement import InstitutionType

PASSWORD = "parola-za-demo"  # noqa: S105 (everybody's, and printed)
SOFIA, VARNA = (22, "София-град"), (3, "Варна")


class Story(Enum):
    """What has happened in an institution before a visitor comes."""

    UNTOUCHED = "untouched"
    SIGNED = "signed"
    READY = "ready"
    STARTED = "started"
    UNSIGNED = "unsigned"  # signed, and the signature taken off again
    CHECKED = "checked"
    NO_ACCOUNT = "no account"


@dataclass(frozen=True)
class School:
    """``children`` of it are on АСП's list each month."""

    code: str
    name: str
    story: Story
    children: int
    region: tuple[int, str] = SOFIA
    type: InstitutionType = InstitutionType.SCHOOL
    director: str = ""

    @property
    def email(self) -> str:
        return f"kancelaria-{self.code}@example.org"

    @property
    def phone(self) -> str:
        return f"02 555 {self.code[-4:]}"


KINDERGARTEN = InstitutionType.KINDERGARTEN
OWN = School("2299001", "901. СУ „Бяла лястовица“", Story.UNTOUCHED, 60, director="Ана Янева")
OWN_KINDERGARTEN = School(
    "2299101", "ДГ № 951 „Калинка“", Story.UNTOUCHED, 8, type=KINDERGARTEN, director="Вяра Колева"
)
SCHOOLS = (
    OWN,
    OWN_KINDERGARTEN,
    School("2299002", "902. ОУ „Тиха река“", Story.SIGNED, 14, director="Борис Тодоров"),
    School("2299003", "903. СУ „Синият хълм“", Story.READY, 9, director="Галя Минчева"),
    School("2299004", "904. ОУ „Старата липа“", Story.STARTED, 22, director="Деян Русев"),
    School("2299005", "905. СУ „Седмо небе“", Story.UNSIGNED, 5, director="Елица Данева"),
    School("2299006", "906. ОУ „Първи звънец“", Story.UNTOUCHED, 31, director="Живко Банов"),
    School("2299007", "907. ПГ „Майстори“", Story.NO_ACCOUNT, 12),
    School("2299008", "908. НУ „Пъстър ден“", Story.CHECKED, 0, director="Зоя Лекова"),
    School("2299102", "ДГ № 952 „Щурче“", Story.SIGNED, 3, type=KINDERGARTEN, director="Ива Цанева"),
    School("2299103", "ДГ № 953 „Слънце“", Story.UNTOUCHED, 0, type=KINDERGARTEN, director="Йоана Пеева"),
    School("0399001", "981. ОУ „Морски бряг“", Story.SIGNED, 6, VARNA, director="Калин Рашев"),
    School("0399101", "ДГ № 982 „Мида“", Story.UNTOUCHED, 4, VARNA, KINDERGARTEN, "Лиляна Ганева"),
)


@dataclass(frozen=True)
class Account:
    """Somebody who is in the portal from the start. ``shown`` are the ones that are printed; the ЕГН is for
    those who may sign with КЕП."""

    role: Role
    email: str
    name: str
    shown: str = ""
    institution: str = ""
    region: int | None = None
    egn: str = ""


# Valid, and nobody's: in them the birth dates are of the nineteenth century.
_EGNS = (
    "6825046077", "6522031278", "7825261723", "7729124535", "6425071347", "6924064953",
    "8132122184", "7131137439", "6624164519", "7825014791", "8325257521", "7427204672",
)  # fmt: skip
OPERATOR = Account(Role.OPERATOR, "operator@example.org", "Олег Минчев", "ЦИОО, оператор")
EXPERT = Account(Role.RUO, "ruo@example.org", "Нора Петрова", "експерт в РУО София-град", region=SOFIA[0])
DELEGATE = Account(
    Role.DELEGATE,
    "delegat@example.org",
    "Дора Илиева",
    f"упълномощено лице, {OWN.name}",
    OWN.code,
    egn="7523084952",
)
_SHOWN = {OWN.code: "direktor@example.org", OWN_KINDERGARTEN.code: "detska-gradina@example.org"}
DIRECTORS = tuple(
    Account(
        Role.DIRECTOR,
        _SHOWN.get(school.code, f"direktor-{school.code}@example.org"),
        school.director,
        f"директор, {school.name}" if school.code in _SHOWN else "",
        school.code,
        egn=egn,
    )
    for school, egn in zip((school for school in SCHOOLS if school.director), _EGNS, strict=True)
)
ACCOUNTS = (OPERATOR, *DIRECTORS, DELEGATE, EXPERT)  # in the order in which they are made
