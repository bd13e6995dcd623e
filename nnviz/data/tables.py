"""Data sets that are tables of measurements: flowers, wines, tumors, patients.

Noise is a share of each column's standard deviation. A column of words becomes one column a word, 1 where it is
said and 0 elsewhere ("one-hot"), so that no order is claimed where there is none; an empty cell is NaN.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache, partial

import numpy as np
from numpy.random import Generator

from nnviz.data.dataset import Array, Dataset, Raw, still
from nnviz.engine.files import resource

Column = tuple[str, str, float, float]
"""Name, unit, and the ends of the shown range."""

IRIS: tuple[Column, ...] = (
    ("sepal length", "cm", 4.0, 8.0),
    ("sepal width", "cm", 2.0, 4.5),
    ("petal length", "cm", 1.0, 7.0),
    ("petal width", "cm", 0.0, 2.6),
)
WINE: tuple[Column, ...] = (
    ("alcohol", "%", 11.0, 15.0),
    ("malic acid", "", 0.5, 6.0),
    ("ash", "", 1.3, 3.3),
    ("alcalinity of ash", "", 10.0, 30.0),
    ("magnesium", "", 70.0, 165.0),
    ("total phenols", "", 0.8, 4.0),
    ("flavanoids", "", 0.3, 5.2),
    ("nonflavanoid phenols", "", 0.1, 0.7),
    ("proanthocyanins", "", 0.4, 3.6),
    ("color intensity", "", 1.0, 13.0),
    ("hue", "", 0.4, 1.8),
    ("OD280/OD315", "", 1.2, 4.0),
    ("proline", "", 250.0, 1700.0),
)
# Ten measures of the nuclei in a picture: largest mean, standard error, and mean of the three worst (in pictures' own units).
_NUCLEI = (
    ("radius", 30.0, 3.0, 40.0),
    ("texture", 40.0, 5.0, 50.0),
    ("perimeter", 200.0, 25.0, 260.0),
    ("area", 2600.0, 550.0, 4300.0),
    ("smoothness", 0.2, 0.04, 0.25),
    ("compactness", 0.4, 0.15, 1.1),
    ("concavity", 0.5, 0.4, 1.3),
    ("concave points", 0.25, 0.06, 0.3),
    ("symmetry", 0.35, 0.08, 0.7),
    ("fractal dimension", 0.1, 0.03, 0.25),
)
BREAST_CANCER: tuple[Column, ...] = (
    *((f"mean {name}", "", 0.0, high) for name, high, _, _ in _NUCLEI),
    *((f"{name} error", "", 0.0, high) for name, _, high, _ in _NUCLEI),
    *((f"worst {name}", "", 0.0, high) for name, _, _, high in _NUCLEI),
)
DIABETES: tuple[Column, ...] = (
    ("age", "years", 15.0, 80.0),
    ("sex", "", 1.0, 2.0),
    ("body mass index", "kg/m²", 15.0, 45.0),
    ("blood pressure", "mmHg", 60.0, 135.0),
    ("total cholesterol", "mg/dl", 90.0, 305.0),
    ("LDL", "mg/dl", 40.0, 245.0),
    ("HDL", "mg/dl", 20.0, 100.0),
    ("total cholesterol / HDL", "", 2.0, 10.0),
    ("log triglycerides", "", 3.0, 6.5),
    ("blood sugar", "mg/dl", 55.0, 125.0),
)
# The cells of heart_disease.csv, in order: a number with its name, unit and range, or what each word is called here.
_HEART: dict[str, Column | dict[str, str]] = {
    "age": ("age", "years", 25.0, 80.0),
    "sex": {"male": "male"},
    "chest_pain": {
        "typical ang": "typical angina",
        "atypical ang": "atypical angina",
        "non-anginal": "non-anginal pain",
        "asymptomatic": "no chest pain",
    },
    "resting_blood_pressure": ("resting blood pressure", "mmHg", 90.0, 200.0),
    "cholesterol": ("cholesterol", "mg/dl", 120.0, 570.0),
    "fasting_blood_sugar_over_120": ("fasting blood sugar over 120 mg/dl", "", 0.0, 1.0),
    "resting_ecg": {
        "normal": "ECG normal",
        "ST-T abnormal": "ECG ST-T abnormal",
        "left vent hypertrophy": "ECG left ventricular hypertrophy",
    },
    "max_heart_rate": ("highest heart rate", "1/min", 70.0, 205.0),
    "exercise_angina": ("angina by exercise", "", 0.0, 1.0),
    "st_depression": ("ST depression", "mm", 0.0, 6.5),
    "st_slope": {"upsloping": "ST slope up", "flat": "ST slope flat", "downsloping": "ST slope down"},
    "major_vessels": ("major vessels colored", "", 0.0, 3.0),
    "thal": {"normal": "thallium normal", "fixed defect": "thallium fixed defect", "reversable defect": "thallium reversible defect"},
}
# Words that have no column of their own: what is not male is female.
_OTHER = {"sex": "female"}


def _heart_columns() -> tuple[Column, ...]:
    """Return the columns of the heart disease table once its words are columns of 0 and 1."""
    made: list[Column] = []
    for kind in _HEART.values():
        made.extend([kind] if isinstance(kind, tuple) else [(name, "", 0.0, 1.0) for name in kind.values()])
    return tuple(made)


HEART_DISEASE = _heart_columns()


@cache
def _heart() -> tuple[Array, Array]:
    """Return the table of resources/data/heart_disease.csv, NaN where a cell is empty, and the class numbers.

    Raises:
        ValueError: the file is not the one that was shipped; names the line.
    """
    with resource("data/heart_disease.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    if header != [*_HEART, "disease"]:
        raise ValueError("nnviz is damaged: heart_disease.csv has another header; install it again")
    inputs, targets = [], []
    for number, line in enumerate(lines, start=2):
        try:
            *cells, disease = line
            inputs.append([value for name, cell in zip(_HEART, cells, strict=True) for value in _read(name, cell)])
            targets.append(("0", "1").index(disease))
        except ValueError as error:
            raise ValueError(f"nnviz is damaged: heart_disease.csv, line {number}: {error}; install it again") from error
    return still(np.array(inputs)), still(np.array(targets, dtype=np.int64))


def _read(name: str, cell: str) -> list[float]:
    """Return the numbers a cell stands for. Raises ValueError for a word or a number that cannot be there."""
    kind = _HEART[name]
    if isinstance(kind, tuple):
        return [float(cell) if cell else np.nan]
    if cell and cell not in kind and cell != _OTHER.get(name):
        raise ValueError(f"{name} is not {cell!r}")
    return [float(cell == word) if cell else np.nan for word in kind]


@cache
def _from_scikit_learn(name: str) -> tuple[Array, Array]:
    """Return the inputs and targets of one of scikit-learn's tables, in the units they were measured in."""
    from sklearn import datasets

    if name == "diabetes":
        table = datasets.load_diabetes(scaled=False)
        return still(np.array(table.data, dtype=np.float64)), still(np.array(table.target, dtype=np.float64)[:, None])
    load = {"iris": datasets.load_iris, "wine": datasets.load_wine, "breast-cancer": datasets.load_breast_cancer}[name]
    table = load()
    return still(np.array(table.data, dtype=np.float64)), still(np.array(table.target, dtype=np.int64))


def _table(load: Callable[[], tuple[Array, Array]], samples: int, noise: float, rng: Generator) -> Raw:
    """The rows of a table; noise is a share of each column's standard deviation, and an empty cell stays empty."""
    del samples
    inputs, targets = load()
    return Raw(inputs + noise * np.nanstd(inputs, axis=0) * rng.standard_normal(inputs.shape), targets.copy())


def _dataset(
    texts: tuple[str, str, str, str],
    load: Callable[[], tuple[Array, Array]],
    columns: tuple[Column, ...],
    samples: int,
    target: str,
    classes: tuple[str, ...] = (),
    gaps: bool = False,
) -> Dataset:
    """Return the set of a table; `texts` are its name, title, summary and source."""
    names, units = tuple(column[0] for column in columns), tuple(column[1] for column in columns)
    domain = tuple((low, high) for _, _, low, high in columns)
    return Dataset(*texts, partial(_table, load), names, domain, classes, (target,), units, samples, gaps=gaps)


def _scikit_learn(name: str) -> Callable[[], tuple[Array, Array]]:
    return partial(_from_scikit_learn, name)


_UCI = "UCI Machine Learning Repository; CC BY 4.0"
_IRIS = ("iris", "Iris", "Four measurements of the flowers of 150 irises, 50 of each species.", f"Fisher, 1936; {_UCI}")
_WINE = ("wine", "Wine", "Thirteen measurements of 178 wines from three growers.", f"Forina and others, 1988; {_UCI}")
_BREAST_CANCER = (
    "breast-cancer",
    "Breast cancer",
    "Thirty measures of the cell nuclei in pictures of 569 breast tumors.",
    f"Wolberg, Street and Mangasarian, 1993; {_UCI}",
)
_DIABETES = (
    "diabetes",
    "Diabetes",
    "Ten measurements of 442 patients, and how far their diabetes had progressed a year later.",
    "Efron, Hastie, Johnstone and Tibshirani, 2004; distributed with scikit-learn (BSD-3)",
)
_HEART_DISEASE = (
    "heart-disease",
    "Heart disease",
    "Thirteen facts about 303 patients in Cleveland, six of them incomplete, and whether their heart was diseased.",
    f"Janosi, Steinbrunn, Pfisterer and Detrano, 1988; {_UCI}",
)
TABLES = (
    _dataset(_IRIS, _scikit_learn("iris"), IRIS, 150, "species", ("setosa", "versicolor", "virginica")),
    _dataset(_WINE, _scikit_learn("wine"), WINE, 178, "grower", ("grower 1", "grower 2", "grower 3")),
    _dataset(_BREAST_CANCER, _scikit_learn("breast-cancer"), BREAST_CANCER, 569, "tumor", ("malignant", "benign")),
    _dataset(_DIABETES, _scikit_learn("diabetes"), DIABETES, 442, "progression"),
    _dataset(_HEART_DISEASE, _heart, HEART_DISEASE, 303, "disease", ("healthy", "diseased"), gaps=True),
)
