"""Notes on the files in the trust folder: lists by strangers, unreadable or misplaced files, crls.txt."""

from collections.abc import Iterator
from pathlib import Path

from portal.actions.trust.addresses import FILE, read_addresses
from portal.actions.trust.notes import Note
from portal.crypto.qualified.crls import Crl, NotACrl
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.trust import CRLS, FOLDERS, Trust, Unread, files_of
from portal.domain.times import stamp

CERTIFICATES_AND_LISTS = (".pem", ".crt", ".cer", ".der", ".crl")


def of_strangers(trust: Trust, folder: Path) -> Iterator[Note]:
    for crl in trust.crls:
        if not any(crl.is_by(authority) for authority in trust.authorities):
            yield Note(
                "stranger_list",
                _file_of(crl, folder),
                f"Списък на „{common_name(crl.issuer)}“ от {stamp(crl.this_update)} не е подписан от никого "
                "в roots/, issuers/ и stampers/, или е със слаб алгоритъм. Махнете файла или добавете "
                "издателя.",
            )


def of_unread(file: Unread) -> Note:
    wrong = {
        "not_a_crl": "не е списък на прекратени сертификати (CRL).",
        "not_an_authority": "не е сертификат на удостоверяващ орган (PEM).",
        "too_large": "е твърде голям.",
        "unreadable": "не може да се прочете. Проверете правата му.",
    }[file.fault]
    return Note(file.fault, file.path, f"Файлът {file.path} {wrong} Сменете го или го махнете.")


def of_passed_over(folder: Path) -> Iterator[Note]:
    """Files that somebody put there and that nobody reads, because of their places or names."""
    read = {f"{kind}/{file.name}" for kind, file in files_of(folder)}
    for kind, pattern in FOLDERS:
        for file in sorted((folder / kind).glob("[!.]*")):
            thing = f"{kind}/{file.name}"
            if thing not in read:
                ending = pattern.removeprefix("*")
                sentence = f"Файлът {thing} не се чете: тук имената завършват на {ending}."
                yield Note("passed_over", thing, sentence, is_warning=True)
    for file in sorted(folder.glob("[!.]*")):
        if file.suffix.lower() in CERTIFICATES_AND_LISTS:
            sentence = f"Файлът {file.name} не се чете: мястото му е в roots/, issuers/, stampers/ или crls/."
            yield Note("passed_over", file.name, sentence, is_warning=True)


def of_addresses(folder: Path) -> Iterator[Note]:
    addresses = read_addresses(folder)
    for line in addresses.wrong:
        yield Note("wrong_address", f"{FILE}:{line.line}", line.sentence)
    if not addresses.listed and not addresses.wrong:
        sentence = (
            f"В {FILE} няма адреси: новите списъци на прекратените сертификати ще се слагат само на ръка. "
            "Запишете адресите им, по един на ред."
        )
        yield Note("no_addresses", FILE, sentence, is_warning=True)


def _file_of(crl: Crl, folder: Path) -> str:
    """The file that holds it; its digest, should the file be gone by now."""
    for kind, file in files_of(folder):
        try:
            if kind == CRLS and file.is_file() and Crl.load(file.read_bytes()).der == crl.der:
                return f"{CRLS}/{file.name}"
        except (OSError, NotACrl):
            continue
    return f"list:{crl.sha256}"
