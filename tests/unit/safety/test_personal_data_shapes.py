"""Personal data in every shape it is written in is masked; what a medical question is full of is left alone."""

import datetime
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from services.safety.personal_data import Masked, mask

wide = {ord(one): ord(one) + 0xFEE0 for one in "0123456789-.@+"}
before = st.sampled_from(["", "제 번호 ", "저는 ", "연락은 ", "접수하려는데 ", "혈압 120/80인데 ", "번호:"])
after = st.sampled_from(["", " 입니다", "이에요", " 로 해 주세요", ", 약은 500mg 먹어요", " 맞나요?"])
separator = st.sampled_from(["", "-", " ", ".", " - ", "–", "—", "‑", "·", "_", " . ", "\u200b-\u200b", "－"])
# How somebody may type the same digits: as they are, fullwidth, or decomposed with the text around them.
typed = st.sampled_from([str, lambda text: text.translate(wide), lambda text: unicodedata.normalize("NFD", text)])


def digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most or least)


birthdays = st.dates(datetime.date(1920, 1, 1), datetime.date(2026, 11, 20))


def is_masked(text: str, secret: str, kind: str) -> None:
    """The kind is found, and no six digits of the secret in a row are left."""
    masked = mask(text)
    assert kind in masked.found, (text, masked)
    plain = "".join(character for character in unicodedata.normalize("NFKC", secret) if character.isdigit())
    left = "".join(character for character in unicodedata.normalize("NFKC", masked.text) if character.isdigit())
    assert not any(plain[at : at + 6] in left for at in range(max(1, len(plain) - 5))), (text, masked)


@settings(max_examples=300, deadline=None)
@given(before, after, birthdays, separator, st.sampled_from("12345678"), digits(6), typed)
def test_resident_and_foreigner_numbers_by_form_and_birth_date_alone(lead, tail, born, mark, sex, rest, form):
    """1 to 4 citizens, 5 to 8 foreigners; numbers of October 2020 and later have no check digit."""
    secret = f"{born:%y%m%d}{mark}{sex}{rest}"
    is_masked(f"{lead}{form(secret)}{tail}", secret, "주민등록번호")


shapes = st.sampled_from(
    [
        "{y}.{m}.{d}-{s}{r}", "{y} {m} {d} {s}{r}", "{y}/{m}/{d} {s}{r}", "{y}-{m}-{d}-{s}{r}", "{y}{m}{d}ㅡ{s}{r}",
        "{y}{m}{d} {s} {r}", "{y}{m}{d}-{s}-{r}", "{y}{m}{d}{s} {r}", "{y}{m}{d},{s}{r}", "{y}{m}{d}-{s}{r:.3} {r:.3}",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(before, after, birthdays, shapes, st.sampled_from("12345678"), digits(6), typed)
def test_resident_numbers_taken_apart(lead, tail, born, shape, sex, rest, form):
    secret = shape.format(y=f"{born:%y}", m=f"{born:%m}", d=f"{born:%d}", s=sex, r=rest)
    is_masked(f"{lead}{form(secret)}{tail}", secret, "주민등록번호")


@given(birthdays, st.sampled_from("12345678"), digits(6))
def test_resident_numbers_digit_by_digit(born, sex, rest):
    secret = " ".join(f"{born:%y%m%d}") + " - " + " ".join(sex + rest)
    assert mask(f"제 번호 {secret} 예요").text == "제 번호 [주민등록번호] 예요"


@given(before, after, birthdays, separator, st.sampled_from("1234"), st.sampled_from(["******", "●●●●●●", "xxxxxx"]))
def test_half_hidden_resident_numbers(lead, tail, born, mark, sex, hidden):
    is_masked(f"{lead}{born:%y%m%d}{mark}{sex}{hidden}{tail}", f"{born:%y%m%d}", "주민등록번호")


@settings(max_examples=300, deadline=None)
@given(
    before, after, st.sampled_from(["010", "011", "016", "017", "018", "019", "070", "02", "031", "051", "064"]),
    separator, separator, digits(4), digits(4), typed,
)  # fmt: skip
def test_phones(lead, tail, area, first, second, middle, last, form):
    secret = f"{area}{first}{middle}{second}{last}"
    is_masked(f"{lead}{form(secret)}{tail}", middle + last, "전화번호")


@given(
    before, after,
    st.sampled_from(["+82", "+82 ", "+82-", "82-", "0082 "]), st.sampled_from(["10", "2", "31", "(0)10"]),
    st.sampled_from(["-", " ", "."]), digits(4), digits(4),
)  # fmt: skip
def test_phones_as_they_are_dialled_from_abroad(lead, tail, country, area, mark, middle, last):
    is_masked(f"{lead}{country}{area}{mark}{middle}{mark}{last}{tail}", middle + last, "전화번호")


@given(before, after, st.from_regex(r"[a-z][a-z0-9._]{1,12}[a-z0-9]", fullmatch=True), typed)
def test_mail_addresses(lead, tail, name, form):
    masked = mask(f"{lead}{form(name + '@naver.com')}{tail}")
    assert "이메일" in masked.found
    assert name not in unicodedata.normalize("NFKC", masked.text)


def _luhn(body: str) -> str:
    doubled = [int(one) * 2 - 9 * (int(one) > 4) for one in body[::-2]]
    return str(-(sum(doubled) + sum(int(one) for one in body[-2::-2])) % 10)


@given(before, after, st.sampled_from("4569"), digits(14), st.sampled_from(["-", " ", "", "."]))
def test_cards(lead, tail, first, body, mark):
    number = first + body + _luhn(first + body)
    secret = mark.join(number[at : at + 4] for at in range(0, 16, 4))
    is_masked(f"{lead}카드 {secret}{tail}", secret, "카드번호")


@given(
    before,
    after,
    st.sampled_from("MSRODG"),
    st.one_of(digits(8), st.from_regex(r"[0-9]{3}[A-Z][0-9]{4}", fullmatch=True)),
)
def test_passports(lead, tail, letter, rest):
    masked = mask(f"{lead}여권번호 {letter}{rest}{tail}")
    assert "여권번호" in masked.found
    assert rest not in masked.text


@given(after, st.sampled_from("MSRODG"), digits(8))
def test_passports_that_are_not_called_so(tail, letter, rest):
    assert rest not in mask(f"{letter}{rest}{tail}").text


@given(
    after,
    st.sampled_from(["차트번호", "환자번호", "등록번호 대신 환자번호", "진료번호는", "병원 등록번호:", "접수번호"]),
    st.one_of(digits(6, 10), st.from_regex(r"[A-Z]{1,2}-?[0-9]{5,8}", fullmatch=True)),
)  # fmt: skip
def test_chart_numbers(tail, named, number):
    masked = mask(f"{named} {number}{tail}")
    assert masked.found  # one of the passports' form is called a passport number
    assert number not in masked.text


@given(
    st.sampled_from(["서울 강남구", "서울특별시 마포구", "부산광역시 해운대구", "경기도 성남시 분당구", "제주시"]),
    st.sampled_from(["테헤란로", "양화로", "센텀중앙로", "불정로", "중앙로", "올림픽대로", "월드컵북로"]),
    st.integers(1, 999), st.sampled_from(["", "-3", "번길 12", "길 7"]),
    st.sampled_from(["", " 101동 1502호", ", 3층"]), after,
)  # fmt: skip
def test_street_addresses(place, road, number, more, inside, tail):
    masked = mask(f"{place} {road} {number}{more}{inside}{tail}")
    assert "주소" in masked.found
    assert place in masked.text
    assert f"{road} {number}" not in masked.text
    assert "1502" not in masked.text


# ---- what must stay ------------------------------------------------------------------------------------------------


def stays(text: str) -> None:
    assert mask(text) == Masked(text, ())


@settings(max_examples=300, deadline=None)
@given(
    st.integers(60, 260), st.integers(30, 160), st.integers(30, 200), st.sampled_from(["/", "-", "~", " / "]),
    st.sampled_from(
        ["혈압 {}{}{} 맥박 {}", "아침 {}{}{} 저녁 {}", "BP {}{}{}, HR {}", "혈압이 {}{}{}이고 맥박은 {}회예요"]
    ),
)  # fmt: skip
def test_blood_pressures_stay(upper, lower, pulse, mark, text):
    stays(text.format(upper, mark, lower, pulse))


@given(
    st.integers(1, 5000), st.sampled_from(["mg", "㎎", "mL", "g", "IU", "정", "알", "mcg", "밀리그램", "포"]),
    st.integers(1, 6), st.integers(1, 4), st.integers(1, 90),
)  # fmt: skip
def test_doses_stay(amount, unit, times, each, days):
    stays(f"약 {amount}{unit} 하루 {times}번 {each}알씩 {days}일치, 1일 {times}회 {amount}{unit}/일")


@given(
    st.floats(0.1, 999).map(lambda value: f"{value:.1f}"), st.integers(1, 9999),
    st.integers(1, 400), st.integers(1, 300),
)  # fmt: skip
def test_laboratory_values_stay(sugar, white, liver, fat):
    stays(f"당화혈색소 {sugar}%, 백혈구 {white}, AST {liver} ALT {liver + 3}")
    stays(f"LDL {fat}-{fat + 30}, eGFR {liver}.{fat % 10}")
    stays(f"크레아티닌 {sugar} 칼륨 {fat / 10:.1f} 나트륨 {liver} 혈소판 {white * 100}")


@given(st.dates(), st.times())
def test_dates_and_times_stay(day, time):
    for text in (
        f"{day:%Y.%m.%d} 1500000원 냈어요", f"{day:%Y-%m-%d} 12000보 걸었어요",
        f"{day:%Y-%m-%d} {time:%H:%M} 예약", f"{day:%Y.%m.%d} 진료",
        f"{day.year}년 {day.month}월 {day.day}일 {time.hour}시",
        f"{day:%Y%m%d} 검사 결과", f"{time:%H:%M}~{time:%H:%M}에 여는 약국", f"{day:%m/%d}부터 {day:%m/%d}까지",
    ):  # fmt: skip
        stays(text)


@given(st.sampled_from(["119", "109", "129", "1339", "1577-0199", "1588-5700", "1899-0001", "120", "1393"]), after)
def test_numbers_of_public_help_stay(number, tail):
    """Anybody's number; a model's sentence that invents one is stopped by the checks of claims."""
    stays(f"{number}번에 전화하면 되나요{tail}".strip())
