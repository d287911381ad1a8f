"""An imported selection is a method like others: a function of the table, whatever the order of its rows."""

import numpy as np
import pytest

from fdmat_core import registry, selection
from fdmat_core.spec import Choice
from fdmat_core.store import entries


@pytest.fixture
def choice(table):
    entries.put("imported", "abc", entries.Item({"ids": table.ids[[7, 3, 50]]}, {}))
    return Choice.of("imported", content="abc", called="mine")


@pytest.mark.parametrize("balance", ["proportional", "equal", "none"])
def test_the_list_comes_first_and_then_all_others(table, choice, balance):
    order = selection.rank(table, choice, balance=balance).order
    assert order[:3].tolist() == [7, 3, 50] and np.array_equal(np.sort(order), np.arange(table.n))


def test_smaller_coresets_are_prefixes_and_the_order_of_rows_does_not_matter(table, choice):
    shuffled = table.take(np.random.default_rng(2).permutation(table.n))
    large = selection.coreset(table, choice, 40).ids
    assert np.array_equal(selection.coreset(table, choice, 15).ids, large[:15])
    assert np.array_equal(selection.coreset(shuffled, choice, 40).ids, large)


def test_another_table_is_refused(table, choice):
    with pytest.raises(ValueError, match=f"lists id {table.ids[7]}, which these data lack"):
        selection.rank(table.take(np.arange(5)), choice)


def test_it_is_not_offered_by_name_but_found(choice):
    assert "imported" not in registry.methods.all() and "imported" in registry.methods.all(brought=True)
    assert registry.methods.title(choice) == "Imported: mine"
    assert registry.methods.title(Choice("herding")) == "Herding"
