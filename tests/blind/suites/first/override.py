import pytest

from vespera_scriptorium import (
    AsyncService,
    BackgroundService,
    Container,
    ExternalService,
    ExternalServiceUseCase,
    FileSystem,
    Journal,
    Specialist,
    TaskOrchestrator,
    TaskRepository,
    TrackFileOperationsUseCase,
)


@pytest.fixture
def container():
    return Container()


@pytest.mark.parametrize("replacement", [object(), [], {}, 0, "", None, False])
@pytest.mark.parametrize("key", [Specialist, "specialist"])
@pytest.mark.parametrize("before", [True, False])
def test_get_answers_with_the_replacement(container, replacement, key, before):
    if before:
        assert container.get(Specialist) is not replacement
    container.override(key, replacement)
    assert container.get(Specialist) is replacement
    assert container.get("specialist") is replacement


class Answers:
    def __init__(self):
        self.calls = []

    async def call_api(self, endpoint, payload):
        self.calls.append(payload)
        return {"status": "success", "data": {}}

    async def upload_file(self, name, content):
        return {"file_id": "mine"}


async def test_direct_dependents_use_the_replacement(container):
    before = container.get(ExternalServiceUseCase)
    mine = Answers()
    container.override(ExternalService, mine)
    after = container.get(ExternalServiceUseCase)
    assert after is not before
    assert (await after.process_data({"a": 1})).file_id == "mine"
    assert mine.calls == [{"a": 1}]


def test_indirect_dependents_are_built_anew(container):
    tracking = container.get(TrackFileOperationsUseCase)
    background = container.get(BackgroundService)
    override = container.override(FileSystem, object())
    assert container.get(TrackFileOperationsUseCase) is not tracking
    replaced = container.get(BackgroundService)
    assert replaced is not background
    assert container.get(BackgroundService) is replaced
    override.withdraw()
    assert container.get(BackgroundService) is not replaced


def test_through_many_others(container):
    container.add_service("first", lambda background: [background], ["background_service"])
    container.add_service("second", lambda first: [first], ["first"])
    first, second = container.get("first"), container.get("second")
    container.override(FileSystem, object())
    assert container.get("second") is not second
    assert container.get("second")[0] is container.get("first")
    assert container.get("first") is not first
    assert container.get("first")[0] is container.get(BackgroundService)


def test_everything_else_stays(container):
    keys = [AsyncService, TaskRepository, Journal, TrackFileOperationsUseCase, BackgroundService]
    before = [container.get(key) for key in keys]
    override = container.override(Specialist, object())
    assert all(container.get(key) is old for key, old in zip(keys, before))
    override.withdraw()
    assert all(container.get(key) is old for key, old in zip(keys, before))


def test_withdraw_gives_the_original_back(container):
    original = container.get(Specialist)
    override = container.override(Specialist, object())
    with_replacement = container.get(TaskOrchestrator)
    override.withdraw()
    assert container.get(Specialist) is original
    assert container.get("specialist") is original
    assert container.get(TaskOrchestrator) is not with_replacement


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), None])
def test_with_block(container, error):
    original = container.get(Specialist)
    mine = object()
    caught = None
    try:
        with container.override(Specialist, mine):
            assert container.get(Specialist) is mine
            if error:
                raise error
    except BaseException as problem:
        caught = problem
    assert caught is error
    assert container.get(Specialist) is original


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1), (2, 0, 1)])
async def test_the_last_one_that_is_not_withdrawn_holds(container, order):
    original = container.get(ExternalService)
    mine = [Answers() for _ in range(3)]
    overrides = [container.override(ExternalService, one) for one in mine]
    left = [0, 1, 2]
    for number in order:
        await container.get(ExternalServiceUseCase).process_data({})
        assert len(mine[left[-1]].calls) == 1
        mine[left[-1]].calls.clear()
        overrides[number].withdraw()
        left.remove(number)
        expected = mine[left[-1]] if left else original
        assert container.get(ExternalService) is expected
        overrides[number].withdraw()
        assert container.get(ExternalService) is expected
    result = await container.get(ExternalServiceUseCase).process_data({})
    assert result.success and not any(one.calls for one in mine)


def test_withdrawn_twice_changes_nothing(container):
    override = container.override(Specialist, object())
    override.withdraw()
    orchestrator = container.get(TaskOrchestrator)
    override.withdraw()
    assert container.get(TaskOrchestrator) is orchestrator


def test_other_keys_keep_their_override(container):
    mine, other = object(), object()
    first = container.override(Specialist, mine)
    container.override(Journal, other)
    first.withdraw()
    assert container.get(Journal) is other
