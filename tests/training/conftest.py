# ruff: noqa: E501
"""The training scripts import each other from their folder, and so do tests; a small folder laid
out as the public data are.
"""

import json
import lzma
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
READER = HERE.parents[1] / "training" / "reader"
for folder in (READER, HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

KO = [
    ("한빛대학교", "한빛대학교는 대한민국 서울특별시에 있는 사립 대학교이다. 1954년 3월 2일 김도현이 설립하였다. "
     "1972년 의과대학을 신설하였으며, 1998년 도서관을 새로 지었다. 학생은 12,400명이다."),
    ("나루강", "나루강은 대한민국 강원도를 흐르는 강이다. 길이는 87km이고 태백산에서 시작한다. "
     "1986년 홍수로 다리가 무너졌으나 1989년 새 다리가 놓였다. 상류에는 2개의 댐이 있다."),
    ("박서린", "박서린(朴瑞麟, 1931년 5월 4일 ~ 1999년 8월 9일)은 대한민국의 소설가이다. 1955년 소설 《겨울 정거장》을 발표했다. "
     "1961년 한빛대학교를 졸업하고 1970년까지 부산에서 살았다. 그는 1982년 문학상을 받았다."),
]  # fmt: skip
EN = [
    ("Harrow Bridge", "Harrow Bridge is a stone bridge in Northfield that was opened on 4 May 1871. "
     "It was designed by Anna Keller and cost 14,000 pounds. In 1923 the bridge was damaged by a flood. "
     "The town of Northfield rebuilt the bridge in 1925 with the help of two engineers."),
    ("Anna Keller", "Anna Keller (2 March 1830 – 5 June 1901) was a German architect. Keller studied in Vienna until 1852. "
     "She designed three bridges and a railway station in Northfield. The Royal Society gave her a medal in 1889."),
    ("Lake Ember", "Lake Ember is a lake in the Vale of Orrin. The lake covers 35 square miles and holds twelve islands. "
     "In 1998 the Orrin Council opened a museum on the largest of the islands. It has received 90,000 visitors."),
    ("Lake 15", "Lake 15 is a small lake north of Lake Ember. It was dug in 1962 by the Orrin Council. "
     "The lake supplies water to 3,000 people in the Vale of Orrin."),
]  # fmt: skip


def lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as the public data are, made up from nothing."""
    root = tmp_path_factory.mktemp("data")
    (root / "corpora").mkdir()
    for language, documents in (("ko", KO), ("en", EN)):
        for part in ("00", "01"):
            content = "".join(
                json.dumps({"title": t if part == "00" else f"{t} (2)", "text": text}) + "\n"
                for t, text in documents
            )
            path = root / "corpora" / f"{language}-{part}.jsonl.xz"
            path.write_bytes(lzma.compress(content.encode()))
    texts = {f"{i}": (title, text) for i, (title, text) in enumerate(EN)}
    asked = [
        ("q1", "0", "Who designed the bridge?", "Anna Keller"),
        ("q2", "0", "When was Harrow Bridge damaged?", "1923"),
        ("q3", "0", "What did Harrow Bridge cost?", "14,000 pounds"),
        ("q4", "1", "Where did Keller study?", "Vienna"),
        ("q5", "2", "How many islands are there?", "twelve"),
    ]
    train = root / "squad" / "train"
    lines(
        train / "corpus.jsonl", [{"_id": i, "title": t, "text": x} for i, (t, x) in texts.items()]
    )
    lines(
        train / "queries.jsonl",
        [
            {"_id": q, "text": text, "answers": [a], "answer_start": texts[i][1].index(a)}
            for q, i, text, a in asked
        ],
    )
    (train / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{i}\t1\n" for q, i, _, _ in asked)
    )
    films = root / "metaqa"
    films.mkdir()
    (films / "triples.tsv").write_text(
        "".join(
            f"{film}\t{relation}\t{value}\n"
            for n, film in enumerate(("Iron Tide", "Blue Hour", "Salt", "Night Ferry"))
            for relation, value in (
                ("directed_by", f"Director {n}"),
                ("release_year", f"19{60 + n}"),
                ("starred_actors", f"Actor {n}"),
                ("has_genre", "Drama"),
            )
        )
    )
    lines(films / "1hop_train.jsonl", [
        {"text": "who directed Salt", "topic": "Salt", "type": "movie_to_director", "answers": ["Director 2"]}])  # fmt: skip
    lines(films / "2hop_train.jsonl", [
        {"text": "when were films by Director 1 released", "topic": "Director 1", "type": "director_to_movie_to_year",
         "answers": ["1961"]}])  # fmt: skip
    lines(films / "3hop_train.jsonl", [])
    item = {
        "type": "compositional",
        "question": "When was the designer of Harrow Bridge born?",
        "answer": "2 March 1830",
        "supporting_facts": [["Harrow Bridge", 0], ["Anna Keller", 0]],
        "evidences": [["Harrow Bridge", "designer", "Anna Keller"], ["Anna Keller", "born", "2 March 1830"]],
        "qa_pairs": [{"question": "Who designed Harrow Bridge?", "answer": "It was Anna Keller."},
                     {"question": "When was Anna Keller born?", "answer": "On 2 March 1830."}],
        "context": [["Harrow Bridge", ["Harrow Bridge was designed by Anna Keller.", "It is of stone."]],
                    ["Anna Keller", ["Anna Keller( 2 March 1830) was an architect."]],
                    ["Lake Ember", ["Lake Ember is a lake."]], ["Orrin", ["Orrin is a vale in the north."]]],
    }  # fmt: skip
    (root / "multihop_2wiki").mkdir()
    (root / "multihop_2wiki" / "wikihop_train_preprocess.json").write_text(json.dumps([item]))
    pages = [
        {"id": f"{n}.md", "title_en": f"Timer {n} settings", "title_ko": f"타이머 {n} 설정",
         "text_en": f"Timer {n} is a service that counts {n} events. It runs on every host in the pool of servers.",
         "text_ko": f"타이머 {n}은 이벤트 {n}개를 세는 서비스입니다. 모든 호스트에서 실행되며 설정 파일을 읽습니다."}
        for n in range(2, 8)
    ]  # fmt: skip
    content = "".join(json.dumps(page) + "\n" for page in pages)
    (root / "msdocs_pairs.jsonl.xz").write_bytes(lzma.compress(content.encode()))
    with tarfile.open(root / "ko_statutes.tar.xz", "w:xz") as archive:
        for n, name in enumerate(("등대법", "나무법", "우물법")):
            law = (
                f"---\n제목: {name}\n법령구분: 법률\n소관부처:\n- 부처{n}\n공포일자: 2001-02-0{n + 1}\n---\n\n# {name}\n\n"
                f"##### 제{n + 3}조 ({name[:2]}의 관리와 보호)\n\n**①** 시장은 {n + 3}년마다 {name[:2]} 관리계획을 수립한다. "
                f"<개정 2010.1.1>\n\n  1\\. \"{name[:2]}지기\"란 {name[:2]}을 돌보고 지키는 사람 {n}명을 말한다.\n"
                + f"**②** 제{n}항의 계획에는 {name[:2]}의 수와 위치에 관한 사항이 들어 있어야 한다.\n" * 6
            )  # fmt: skip
            member = tarfile.TarInfo(f"kr/{name}/법률.md")
            member.size = len(law.encode())
            archive.addfile(member, BytesIO(law.encode()))
    return root
