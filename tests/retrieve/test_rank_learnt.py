import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import InputError, ModelError
from openbook.models.open import ENCODER, bundled
from openbook.models.static import StaticEncoder
from openbook.retrieve import ltr
from openbook.retrieve.features import FEATURES, NAMES, table
from openbook.retrieve.filter_rerank import ROUTED, SURE, FilterRerank, routed
from openbook.retrieve.gate import SIGNALS, probability, signals
from openbook.retrieve.ltr import LearntRank, RankingModel
from openbook.retrieve.ltr_train import Grades, Growth, grades, grow, train
from openbook.retrieve.ltr_trees import Trees, slim
from openbook.retrieve.reorder import Reorder
from openbook.stage import Stage
from openbook.testing import HashEncoder, ToyRuntime
from openbook.types import Encoder, Hit, Passage, Query, Ranking

TEXTS = (
    "Full-time staff have 15 days of paid leave a year. Unused days lapse in March.",
    "The office has four floors. Visitors sign in at the desk.",
    "Leave requests go to the manager. The manager answers within 3 days.",
    "구매일로부터 14일 이내에 환불을 신청할 수 있습니다. 배송비는 고객이 부담합니다.",
    "사무실은 4층에 있습니다. 주차장은 건물 뒤에 있습니다.",
    "환불 규정은 고객 지원팀이 관리합니다.",
)
ASKED = {
    "en": ("How many days of paid leave do full-time staff have?", 0),
    "ko": ("구매 후 며칠 이내에 환불을 신청할 수 있나요?", 3),
}


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder.open(bundled(ENCODER))


@pytest.fixture
def runtime(encoder: StaticEncoder) -> ToyRuntime:
    return ToyRuntime({Encoder: encoder})


def hits(order: list[int], title: str = "") -> tuple[Hit, ...]:
    return tuple(
        Hit(
            Passage(f"d{n}#1", f"d{n}", 0, len(TEXTS[n]), TEXTS[n], title=title),
            1.0 - place / 10,
            (("words", 9.0 - place), ("grams", 3.0)),
        )
        for place, n in enumerate(order)
    )


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_answers_rises(language: str, runtime: ToyRuntime) -> None:
    question, gold = ASKED[language]
    order = [n for n in range(6) if n != gold]
    order.insert(2, gold)
    (found,) = runtime.run(LearntRank(k=3), [Ranking(Query(question), hits(order))])
    assert found.hits[0].evidence.id == f"d{gold}#1"
    assert dict(found.hits[0].why)["learnt_rank"] == found.hits[0].score
    assert dict(found.hits[0].why)["words"] > 0


@settings(max_examples=25, deadline=None)
@given(
    st.permutations(range(6)),
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from(["en", "ko"]),
)
def test_learnt_ranks_are_some_hits_each_once_sorted(
    order: list[int], k: int, depth: int, language: str
) -> None:
    runtime = ToyRuntime({Encoder: StaticEncoder.open(bundled(ENCODER))})
    given_one = Ranking(Query(ASKED[language][0]), hits(order))
    (found,) = runtime.run(LearntRank(k=k, depth=depth), [given_one])
    ids = [hit.evidence.id for hit in found.hits]
    assert len(ids) == len(set(ids)) == min(k, depth, 6)
    assert set(ids) <= {hit.evidence.id for hit in given_one.hits[:depth]}
    keys = [(-hit.score, hit.evidence.id) for hit in found.hits]
    assert keys == sorted(keys)
    assert all(0.0 <= hit.score <= 1.0 for hit in found.hits)


def test_nothing_found_stays_nothing_and_needs_no_encoder() -> None:
    empty = Ranking(Query("?"))
    assert ToyRuntime().run(LearntRank(), [empty, empty]) == [empty, empty]
    assert ToyRuntime().run(LearntRank(), []) == []


@given(
    st.sampled_from([*(q for q, _ in ASKED.values()), "?", "Was 2019 or R-200 better?", "연차"]),
    st.lists(st.sampled_from(range(6)), max_size=6, unique=True),
    st.sampled_from(["", "Leave", "환불 규정"]),
    st.booleans(),
)
def test_features_lie_in_their_ranges(
    question: str, order: list[int], title: str, vectors: bool
) -> None:
    encoder = HashEncoder() if vectors else None
    rows = table(Query(question), hits(order, title), encoder)
    assert rows.shape == (len(order), len(FEATURES))
    assert np.isfinite(rows).all()
    for feature, column in zip(FEATURES, rows.T, strict=True):
        assert ((feature.low - 1e-9 <= column) & (column <= feature.high + 1e-9)).all(), feature


def test_every_feature_is_documented_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(len(feature.what) > 8 for feature in FEATURES)
    listed = ltr.bundled().made["features"]
    assert [(f["name"], f["what"]) for f in listed] == [(f.name, f.what) for f in FEATURES]


def test_features_say_what_they_say() -> None:
    question, _ = ASKED["en"]
    rows = table(Query(question), hits([0, 1, 2], "Leave"), None)
    column = {name: rows[:, n] for n, name in enumerate(NAMES)}
    assert column["figure"][0] == 1
    assert column["figure"][1] == 0
    assert column["coverage"][0] > column["coverage"][2] > column["coverage"][1]
    assert column["coverage_head"][0] > 0
    assert column["named"].tolist() == [1, 1, 1]
    assert column["rank"].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert column["dense"].tolist() == [0, 0, 0]
    assert column["gap_below"][2] == 0


def labelled(count: int, seed: int = 0) -> list[Grades]:
    """Questions whose answer has the largest sum of two features."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        rows = random.random((12, len(FEATURES)))
        best = int(np.argmax(rows[:, 0] + rows[:, 11]))
        found.append(Grades(rows, np.where(np.arange(12) == best, 3, 0)))
    return found


def test_trees_walk_as_lightgbm_does() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    groups = labelled(120)
    booster = grow(groups, Growth(trees=30, smallest=10))
    text = booster.model_to_string()
    rows = np.concatenate([group.rows for group in groups])
    wanted = booster.predict(rows, raw_score=True)
    trees = Trees.parse(slim(text))
    assert np.ptp(wanted) > 0.1
    assert np.allclose(trees.values(rows), wanted, rtol=0, atol=1e-12)
    thresholds = np.tile(trees.threshold[: len(FEATURES)], (3, 1))
    assert np.allclose(trees.values(thresholds), booster.predict(thresholds, raw_score=True))
    again = lightgbm.Booster(model_str=slim(text))
    assert np.array_equal(again.predict(rows, raw_score=True), wanted)


def test_the_bundled_trees_walk_as_lightgbm_does(encoder: StaticEncoder) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    booster = lightgbm.Booster(model_file=str(ltr.BUNDLED / "model.txt"))
    real = [table(Query(q), hits(list(range(6))), encoder) for q, _ in ASKED.values()]
    rows = np.concatenate([*real, np.random.default_rng(0).random((400, len(FEATURES)))])
    wanted = booster.predict(rows, raw_score=True)
    assert np.allclose(ltr.bundled().trees.values(rows), wanted, rtol=0, atol=1e-12)


def test_values_never_fall_where_a_feature_can_only_help() -> None:
    random = np.random.default_rng(1)
    rows = random.random((60, len(FEATURES)))
    before = ltr.bundled().trees.values(rows)
    for n, feature in enumerate(FEATURES):
        if feature.rises:
            more = rows.copy()
            more[:, n] += 0.3 * feature.rises
            assert (ltr.bundled().trees.values(more) >= before - 1e-12).all(), feature.name


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("left_child=", "left_child=99 ", 1),
        lambda text: text.replace("split_feature=", "split_feature=99 ", 1),
        lambda text: text.replace("decision_type=2", "decision_type=1", 1),
        lambda text: "nothing",
    ],
)
def test_damaged_trees_are_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    text = (ltr.BUNDLED / "model.txt").read_text("utf-8")
    with pytest.raises(ModelError, match="not a ranking model"):
        Trees.parse(spoil(text), "model.txt")


def test_other_features_or_another_encoder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no ranking model"):
        RankingModel.open(tmp_path / "none")
    folder = Path(shutil.copytree(ltr.BUNDLED, tmp_path / "other"))
    made = json.loads((folder / "ranker.json").read_text("utf-8"))
    (folder / "ranker.json").write_text(json.dumps({**made, "fingerprint": "0"}), "utf-8")
    with pytest.raises(ModelError, match="learnt on other features"):
        RankingModel.open(folder)
    asked = Ranking(Query("days?"), hits([0, 1]))
    with pytest.raises(ModelError, match="hash-64"):
        ToyRuntime({Encoder: HashEncoder()}).run(LearntRank(), [asked])


def test_the_bundled_model_fits_the_bundled_encoder(encoder: StaticEncoder) -> None:
    assert ltr.bundled().checked(encoder) is encoder


def test_users_train_their_own(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    encoder = HashEncoder()
    asked = [Ranking(Query(f"day {n} leave"), hits([n % 6, (n + 1) % 6])) for n in range(60)]
    groups = [grades(r, [n % 2, (n + 1) % 2 * 3], encoder) for n, r in enumerate(asked)]
    growth = Growth(trees=5, smallest=2)
    model = train(groups, tmp_path / "mine", encoder, name="hash", knowledge="kb.3", growth=growth)
    assert (model.name, model.encoder, model.vectors) == ("mine", "hash", "hash-64")
    assert model.made["knowledge"] == "kb.3"
    assert model.made["questions"] == 60
    scores = [hit.score for hit in asked[0].hits]
    former = replace(model, share=0.0).values(groups[0].rows, scores)
    assert former == [1.0, 0.0]
    assert all(0.0 <= value <= 1.0 for value in model.values(groups[0].rows, scores))
    again = train(groups, tmp_path / "again", encoder, growth=growth)
    assert again.made["data"] == model.made["data"]
    assert (tmp_path / "again/model.txt").read_bytes() == (tmp_path / "mine/model.txt").read_bytes()
    runtime = ToyRuntime({Encoder: encoder, RankingModel: model})
    (found,) = runtime.run(LearntRank(model="mine"), asked[:1])
    assert len(found.hits) == 2
    with pytest.raises(InputError, match="share"):
        train(groups, tmp_path / "odd", encoder, share=1.5)
    with pytest.raises(InputError, match="49 questions"):
        train(labelled(49), tmp_path / "few", encoder)
    with pytest.raises(InputError, match="1 grades for 2 hits"):
        grades(asked[0], [1], encoder)


def test_the_gate_is_a_probability_that_rises_with_the_margin() -> None:
    learnt = ltr.bundled().made["gate"]["learnt"]
    found = [probability([1.0, 1.0 - margin / 4], learnt) for margin in range(9)]
    assert found == sorted(found)
    assert all(0.0 <= value <= 1.0 for value in found)
    assert probability([], learnt) == 0.0
    assert dict(zip(SIGNALS, signals([2.0]), strict=True))["alone"] == 1.0
    with pytest.raises(ModelError, match="other signals"):
        probability([1.0], {"weights": {"x": 1.0}, "bias": 0.0})


BACKWARDS: Stage[Ranking, Ranking] = Reorder("rising")


def batch() -> list[Ranking]:
    sure = Ranking(Query(ASKED["en"][0]), hits([0, 1, 4]))
    unsure = Ranking(Query("사무실"), hits([1, 0, 2, 5]))
    return [sure, Ranking(Query("?")), unsure]


def test_only_hard_cases_go_to_the_large_stage(runtime: ToyRuntime) -> None:
    small = runtime.run(LearntRank(), batch())
    gate = [
        r.hits and dict(h.why)[SURE]
        for r in runtime.run(FilterRerank(large=BACKWARDS), batch())
        for h in r.hits[:1]
    ]
    assert all(0.0 <= value <= 1.0 for value in gate)
    between = sum(gate) / 2
    runtime.ran.clear()
    found = runtime.run(FilterRerank(large=BACKWARDS, threshold=between, k=9), batch())
    assert [count for label, count in runtime.ran if label == "reorder"] == [1]
    for n in (0, 2):
        hard = dict(found[n].hits[0].why)[SURE] < between
        assert dict(found[n].hits[0].why)[ROUTED] == float(hard)
        order = [hit.evidence.id for hit in small[n].hits]
        assert [h.evidence.id for h in found[n].hits] == (order[::-1] if hard else order)
    assert found[1].hits == ()
    assert routed(found) == 0.5


@pytest.mark.parametrize("small", [LearntRank(), None])
def test_all_or_nothing_is_routed_at_the_ends(
    small: Stage[Ranking, Ranking] | None, runtime: ToyRuntime
) -> None:
    everything = runtime.run(FilterRerank(small, BACKWARDS, threshold=1.01, k=2), batch())
    nothing = runtime.run(FilterRerank(small, BACKWARDS, threshold=0.0, k=2), batch())
    assert routed(everything) == 1.0
    assert routed(nothing) == 0.0
    assert all(len(ranking.hits) <= 2 for ranking in (*everything, *nothing))
    assert routed([]) == 0.0
    with pytest.raises(InputError, match="threshold"):
        FilterRerank(threshold=-0.1)
