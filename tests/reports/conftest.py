"""A snapshot that the pages of the reports read: a shortage, a surplus, something that cannot be told, hidden cells."""

import shutil

import pyarrow as pa
import pytest

from app.clock import today
from app.reference import queries as reference


def people(first, count, region, skill, p):
    """Rows of people who are all at level 2 with the same probability."""
    return [
        {
            "person": first + number, "region": region, "skill": skill, "p1": 990_000, "p2": p, "p3": p // 4, "p4": 0,
            "shown": 2 if p >= 800_000 else 1, "rows_machine": 6, "rows_peer": 0, "rows_teacher": 0, "rows_judge": 1,
            "rows_employer": 0, "available": True,
        }
        for number in range(count)
    ]  # fmt: skip


def asks(first, count, region, cluster, skill, seats):
    """Postings of as many employers, with the same seats."""
    return [
        {
            "posting": first + number, "employer": first + number, "title_key": f"t{number}", "city": "温州",
            "region": region, "cluster": cluster, "skill": skill, "level": 2, "seats": seats,
        }
        for number in range(count)
    ]  # fmt: skip


SUPPLY = [
    *people(1000, 30, "CN-ZJ", "CC02", 900_000),
    *people(2000, 200, "CN-ZJ", "ST02", 950_000),
    *people(3000, 50, "CN-ZJ", "LG01", 900_000),
    *people(4000, 6, "CN-FJ", "CC02", 900_000),
    *people(5000, 100, "CN-FJ", "ST02", 900_000),
    *people(6000, 20, "CN-GD", "CC02", 900_000),
]
DEMAND = [
    *asks(1, 30, "CN-ZJ", "WZ-SHOE", "CC02", 5),
    *asks(101, 12, "CN-ZJ", "WZ-SHOE", "ST02", 2),
    *asks(201, 20, "CN-ZJ", "", "LG01", 2),
    *asks(301, 1, "CN-FJ", "JJ-SHOE", "CC02", 3),
    *asks(401, 8, "CN-FJ", "JJ-SHOE", "ST02", 2),
    *asks(501, 6, "CN-GD", "HD-SHOE", "CC02", 1),
    *asks(601, 6, "CN-GD", "", "LG05", 5),
]


@pytest.fixture
def figures(app, db):
    """The published figures of today; their files are gone after the test."""
    from reports import cubes, services
    from reports.rules.publication import publish

    folder = services.cubes_folder() / today().isoformat()
    cubes.write_snapshot(
        folder,
        pa.Table.from_pylist(SUPPLY, schema=cubes.SUPPLY_SCHEMA),
        pa.Table.from_pylist(DEMAND, schema=cubes.DEMAND_SCHEMA),
    )
    clusters = {cluster.code: cluster.region_code for cluster in reference.clusters()}
    publication = publish(cubes.read_cube(folder), clusters)
    services.write_publication(folder, publication)
    yield publication
    shutil.rmtree(services.cubes_folder())
