"""Numbers as people, spreadsheets and carriers really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import phone

BUDI = "+6281234567890"


@pytest.mark.parametrize(
    "raw",
    [
        "0812 3456 7890",
        "0812-3456-7890",
        "(0812) 3456 7890",
        "62812-3456-7890",
        "+6281234567890",
        " 6281234567890",  # an unescaped plus in a form
        "6281234567890",
        "81234567890",  # a spreadsheet ate the 0; also a landline in Japan
        "8 12 3456 7890",
        "+62 0812 3456 7890",
        "+62(0)812 3456 7890",
        "+62081234567890",
        "006281234567890",
        "0062 812 3456 7890",
        "0081234567890",
        "whatsapp:+6281234567890",
        "WhatsApp: 6281234567890",
        "tel:+62-812-3456-7890",
        "６２８１２３４５６７８９０",
        "+62\u00a0812\u20113456\u20117890",
    ],
)
def test_it_reads_one_indonesian_number_in_all_its_dresses(raw: str) -> None:
    assert phone.e164(raw, "ID") == BUDI


@pytest.mark.parametrize(
    ("raw", "region", "number"),
    [
        ("6281234567890", "KE", BUDI),  # bare digits are international first
        ("254712345678", "ID", "+254712345678"),
        ("0712345678", "KE", "+254712345678"),
        ("0712345678", "ID", "+62712345678"),  # the trap: valid in both, so the region is the line's
        ("712345678", "KE", "+254712345678"),
        ("+254 0712 345678", "ID", "+254712345678"),
        ("12025550123", "ID", "+12025550123"),
        ("447911123456", "ID", "+447911123456"),
        ("819012345678", "ID", "+819012345678"),  # mobile in Japan and here: international stays first
        ("0561-734900", "ID", "+62561734900"),
        ("08123456", "ID", "+628123456"),  # too short to be valid, still somebody
        ("0812345678901234", "ID", "+62812345678901234"),
    ],
)
def test_it_knows_whose_number_it_is(raw: str, region: str, number: str) -> None:
    assert phone.e164(raw, region) == number


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "MYBANK",
        "anonymous",
        "unknown",
        "110",
        "112",
        "9389",
        "4444",
        "TSEL2023",
        "1-800-FLOWERS",
        "+",
        "#*",
        "734900",
        "+266696687",
        "12345678901234567890",
        "+6281234567890@carrier.example",
    ],
)
def test_what_is_no_number_is_none(raw: str) -> None:
    assert phone.e164(raw) is None


def test_a_sender_without_a_number_is_still_known_by_something() -> None:
    assert phone.key(" MYBANK ") == "MYBANK"
    assert phone.key("734900") == "734900"
    assert phone.key("0812 3456 7890", "ID") == BUDI


@given(st.text(), st.sampled_from(["ID", "KE", "ZZ"]))
def test_reading_never_raises_and_reads_its_own_result_again(raw: str, region: str) -> None:
    number = phone.e164(raw, region)
    assert number is None or phone.e164(number, "KE") == number
    assert phone.key(phone.key(raw, region), region) == phone.key(raw, region)


@given(st.integers(10**8, 10**9 - 1))
def test_every_writing_of_a_kenyan_mobile_has_one_key(rest: int) -> None:
    digits = "7" + str(rest)[1:]
    dresses = ["+254" + digits, "254" + digits, "0" + digits, " 254" + digits, "00254" + digits]
    assert {phone.key(dress, "KE") for dress in dresses} == {"+254" + digits}


@pytest.mark.parametrize("sender", [BUDI, "0812 3456 7890", "+254712345678", "whatsapp:+6281234567890", "08123456"])
def test_it_answers_people(sender: str) -> None:
    assert phone.can_reply(sender)


@pytest.mark.parametrize(
    "sender", ["MYBANK", "9389", "110", "112", "119", "", "anonymous", "1500888", "+621500888", "08001234567", "734900"]
)
def test_it_never_answers_machines(sender: str) -> None:
    assert not phone.can_reply(sender)


@pytest.mark.parametrize(
    ("number", "textable"),
    [(BUDI, True), ("+62561734900", False), ("+12025550123", True), ("+628123456", True), ("MYBANK", False)],
)
def test_it_knows_what_surely_gets_no_text(number: str, textable: bool) -> None:
    assert phone.is_mobile_or_unknown(number) is textable


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+6281234567890", "+62812******90"),
        ("+628123456789", "+62812*****89"),
        ("0812 3456 7890", "0812 3*** **90"),
        ("12345", "12**5"),
        ("9389", "9389"),
        ("110", "110"),
        ("MYBANK", "MYBANK"),
        ("", ""),
    ],
)
def test_it_masks_for_logs(number: str, masked: str) -> None:
    assert phone.mask(number) == masked


@given(st.from_regex(r"\+?[0-9]{5,20}", fullmatch=True))
def test_a_masked_number_is_never_whole_and_never_another_length(number: str) -> None:
    masked = phone.mask(number)
    assert "*" in masked
    assert len(masked) == len(number)


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("text from +6281234567890 kept", "text from +62812******90 kept"),
        ("to=081234567890,attempt=42", "to=08123*****90,attempt=42"),
        ("0812-3456-7890 / 0812 3456 7891", "0812-3***-**90 / 0812 3*** **91"),
        ("POST /x?From=%2B6281234567890", "POST /x?From=%2B62812******90"),
        ("3 alerts, 12345 ms, wave 2", "3 alerts, 12345 ms, wave 2"),
        ("at -0.0263,109.3425", "at -0.0263,109.3425"),
    ],
)
def test_it_masks_every_number_in_a_line_of_a_log(line: str, masked: str) -> None:
    assert phone.mask_in(line) == masked


@given(st.text(), st.from_regex(r"\+?[1-9][0-9]{9,14}", fullmatch=True), st.text())
def test_no_whole_number_survives_in_a_log(before: str, number: str, after: str) -> None:
    assert number not in phone.mask_in(f"{before}{number}{after}")


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        (BUDI, None, "081234567890"),
        (BUDI, "ID", "081234567890"),
        (BUDI, "KE", BUDI),
        ("+254712345678", None, "0712345678"),
        ("+62561734900", "ID", "0561734900"),
        ("MYBANK", "ID", "MYBANK"),
        ("110", "ID", "110"),
    ],
)
def test_it_shows_numbers_as_they_are_dialled(number: str, region: str | None, shown: str) -> None:
    assert phone.local(number, region) == shown


def test_it_knows_whom_to_ring_when_we_fail() -> None:
    assert phone.police_number("ID") == "110"
    assert phone.police_number("KE") == "999"
    assert phone.police_number("XX") == "112"
