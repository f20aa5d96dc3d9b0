"""The page of a unit's numbers, keyword and sender."""

from __future__ import annotations

from flask import Flask

from gateway.models.unit import Unit
from gateway.register import unit_contact
from gateway.register.unit_contact import Contact
from gateway.wiring import House
from tests.console.admins import polres_admin, trail


def test_an_admin_of_a_unit_gives_it_numbers_a_keyword_and_a_sender(app: Flask, home: House) -> None:
    kasat, path = polres_admin(app, home), "/admin/units/2/contact"
    assert f'href="{path}"' in kasat.get("/admin/units/2").text
    assert "3 sampai 12 huruf" in kasat.get(path).text
    kept = kasat.post(path, numbers="0561 799001\r\n+62561799002", keyword="ptk", sender="+62561799001")
    assert "disimpan" in kasat.get(str(kept.location)).text
    with home.open_uow() as uow:
        contact = unit_contact.of_unit(uow, uow.db.get_one(Unit, 2))
    assert contact == Contact(("+62561799001", "+62561799002"), "PTK", "+62561799001")
    refused = kasat.post(path, numbers="banyak", keyword="TOLONG", sender="+62561799001")
    assert refused.status_code == 409
    assert "bukan nomor telepon" in refused.text
    refused = kasat.post(path, numbers="", keyword="TOLONG", sender="")
    assert "pilih singkatan lain" in refused.text
    assert 'value="TOLONG"' in refused.text
    same = kasat.post(path, numbers="\n".join(contact.numbers), keyword="PTK", sender=contact.sender)
    assert "Tidak ada yang berubah" in kasat.get(str(same.location)).text
    assert trail(home) == [("Kasat", "unit.contact", "PTK")]
    assert kasat.post("/admin/units/3/contact", numbers="", keyword="", sender="").status_code == 404
