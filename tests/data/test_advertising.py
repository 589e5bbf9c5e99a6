"""The Advertising data: the rows that ship, the file where there is one, and the simulation."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from course_lib.arrays import torch_generator
from course_lib.data import DownloadError, advertising, advertising_head, load_advertising, simulate_advertising

PRINTED = """\
"","TV","radio","newspaper","sales"
"1",230.1,37.8,69.2,22.1
"2",44.5,39.3,45.1,10.4
"""


def test_the_five_rows_of_the_slides():
    head = advertising_head()
    assert head.feature_names == ("TV", "radio", "newspaper")
    assert head.target_name == "sales"
    np.testing.assert_array_equal(
        np.c_[head.X, head.y],
        [
            [230.1, 37.8, 69.2, 22.1],
            [44.5, 39.3, 45.1, 10.4],
            [17.2, 45.9, 69.3, 9.3],
            [151.5, 41.3, 58.5, 18.5],
            [180.8, 10.8, 58.4, 12.9],
        ],
    )
    head.X[:] = 0  # whoever changes his copy changes nobody else's
    assert advertising_head().X[0, 0] == 230.1


@pytest.mark.parametrize("text", [PRINTED, "\ufeff" + PRINTED, PRINTED.replace("\n", "\r\n")])
def test_reads_a_path(tmp_path, text):
    path = tmp_path / "copy.csv"
    path.write_bytes(text.encode())
    for name in (path, str(path)):
        ads = load_advertising(name)
        np.testing.assert_array_equal(ads.X, advertising_head().X[:2])
        np.testing.assert_array_equal(ads.y, advertising_head().y[:2])


def test_columns_are_found_by_name(tmp_path):
    path = tmp_path / "copy.csv"
    path.write_text("sales,newspaper,radio,TV\n22.1,69.2,37.8,230.1\n")
    np.testing.assert_array_equal(load_advertising(path).X, advertising_head().X[:1])


def test_another_table_is_refused(tmp_path):
    path = tmp_path / "copy.csv"
    path.write_text("TV,sales\n1,2\n")
    with pytest.raises(ValueError, match="copy.csv has no column newspaper, radio; it has .*TV"):
        load_advertising(path)
    path.write_text("")
    with pytest.raises(ValueError, match="has no column TV, newspaper, radio, sales"):
        load_advertising(path)


def test_a_missing_path_is_not_downloaded_instead(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_advertising(tmp_path / "none.csv")


def test_without_a_path_the_cache_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(advertising, "SHA256", hashlib.sha256(PRINTED.encode()).hexdigest())
    (tmp_path / "Advertising.csv").write_bytes(PRINTED.encode())
    assert load_advertising().X.shape == (2, 3)


def test_offline_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(advertising, "URL", "http://127.0.0.1:1/Advertising.csv")
    with pytest.raises(DownloadError, match=f"put it at {tmp_path / 'Advertising.csv'}"):
        load_advertising()


@pytest.mark.skipif("COURSE_ADVERTISING" not in os.environ, reason="COURSE_ADVERTISING does not name Advertising.csv")
def test_the_real_file():
    path = Path(os.environ["COURSE_ADVERTISING"])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == advertising.SHA256
    ads = load_advertising(path)
    assert ads.X.shape == (200, 3)
    np.testing.assert_array_equal(ads.X[:5], advertising_head().X)
    np.testing.assert_array_equal(ads.y[:5], advertising_head().y)
    correlations = np.corrcoef(np.c_[ads.X, ads.y], rowvar=False).round(4)
    # The book prints 0.0567 for TV and newspaper. The file gives 0.05665, so the last digit was rounded twice.
    published = [[1, 0.0548, 0.0566, 0.7822], [0.0548, 1, 0.3541, 0.5762], [0.0566, 0.3541, 1, 0.2283]]
    np.testing.assert_array_equal(correlations[:3], published)


@pytest.mark.parametrize("make", [np.random.default_rng, torch_generator])
def test_the_simulation_has_the_published_figures(make):
    ads = simulate_advertising(make(0), n=400_000)
    X, y = np.asarray(ads.X.tolist()), np.asarray(ads.y.tolist())
    assert X.min() >= 0
    assert y.min() > 0
    correlations = np.corrcoef(np.c_[X, y], rowvar=False)
    assert correlations[0, 3] == pytest.approx(0.7822, abs=0.005)
    assert correlations[1, 2] == pytest.approx(0.3541, abs=0.005)

    def fit(*columns):
        design = np.column_stack([np.ones(len(y)), *columns])
        beta, (rss,), *_ = np.linalg.lstsq(design, y)
        return beta, 1 - rss / ((y - y.mean()) ** 2).sum()

    tv, radio, newspaper = X.T
    with_interaction, r2 = fit(tv, radio, tv * radio)
    np.testing.assert_allclose(with_interaction, [6.7502, 0.0191, 0.0289, 0.0011], rtol=0.02)
    assert r2 == pytest.approx(0.968, abs=0.002)
    additive, r2 = fit(tv, radio, newspaper)
    np.testing.assert_allclose(additive[:3], [2.939, 0.046, 0.189], rtol=0.05)
    assert abs(additive[3]) < 0.001
    assert r2 == pytest.approx(0.897, abs=0.003)


def test_the_simulation_follows_its_generator():
    for make in (np.random.default_rng, torch_generator):
        first, again, other = (simulate_advertising(make(seed)) for seed in (3, 3, 4))
        assert first.X.shape == (200, 3)
        assert first.y.shape == (200,)
        assert (first.y == again.y).all()
        assert not (first.y == other.y).any()
        assert "simulated" in first.source
