"""Results are read once for all that they depend on, as long as they are among the recently used ones."""

from shared.reading.recent_results import RecentResults


async def test_a_result_is_read_once_until_others_have_displaced_it() -> None:
    results, reads = RecentResults[str, list[str]](2), list[str]()

    async def get(key: str, *, keep: bool = True) -> list[str]:
        async def read() -> list[str]:
            reads.append(key)
            return []  # an empty one is a result too

        return await results.get(key, read, may_keep=lambda _: keep)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert await get(key) == []
    assert reads == ["a", "b", "c", "b"]

    assert await get("d", keep=False) == await get("d") == []
    assert reads == ["a", "b", "c", "b", "d", "d"]
