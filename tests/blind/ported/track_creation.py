"""Variants of track-creation, written from the contract and the source alone."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from grader.bank.lesson_01_use_cases.track_creation.exercise import track_creation
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)
from vespera_scriptorium.domain.errors import UnknownOperationError
from vespera_scriptorium.domain.file_operation import (
    FileOperation,
    OperationKind,
    OperationResult,
)


@track_creation.mutant(clause=1)
class AnotherIdInTheResult(TrackFileOperationsUseCase):
    """makes an id for the store and another one for the result, where the caller gave none"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(
            success=True, operation_id=operation_id or uuid4().hex, file_path=path
        )


@track_creation.mutant(clause=2)
class MergesContextIntoMetadata(TrackFileOperationsUseCase):
    """keeps the context among the metadata, too"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata={**(context or {}), **(metadata or {})},
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=3)
class StripsTheDotOnly(TrackFileOperationsUseCase):
    """takes a leading ./ off a path, and leaves b/../a as it is"""

    def _normalise(self, file_path: str) -> str:
        return file_path.removeprefix("./")


@track_creation.mutant(clause=4)
class TakesTheSecondForTheFirst(TrackFileOperationsUseCase):
    """answers a second creation of a path with the first one, as a success"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            operation = FileOperation(
                id=operation_id or uuid4().hex,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                for known in await unit.all():
                    if known.file_path == path and known.kind is kind is OperationKind.CREATION:
                        return OperationResult(True, operation_id=known.id, file_path=path)
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class OpensTheUnitUnguarded(TrackFileOperationsUseCase):
    """opens its unit of work outside of the try: a store that cannot open one raises"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        async with self._store.unit() as unit:
            try:
                operation = FileOperation(
                    id=operation_id or uuid4().hex,
                    kind=kind,
                    file_path=path,
                    context=dict(context or {}),
                    metadata=dict(metadata or {}),
                    checksum_before=await self._checksum(path),
                )
                await unit.add(operation)
                await unit.commit()
            except Exception as error:
                return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.mutant(clause=5)
class ExpectsOSErrorsOfFiles(TrackFileOperationsUseCase):
    """expects a file system to raise OSError only: a path with a zero byte is a ValueError"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        try:
            checksum = await self._checksum(path)
        except OSError as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        operation = FileOperation(
            id=operation_id or uuid4().hex,
            kind=kind,
            file_path=path,
            context=dict(context or {}),
            metadata=dict(metadata or {}),
            checksum_before=checksum,
        )
        try:
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.alternative()
class LooksForDuplicatesItself(TrackFileOperationsUseCase):
    """looks for duplicates itself, before it reads the file, and words the error in its own way"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        new_id = operation_id or uuid4().hex
        try:
            async with self._store.unit() as unit:
                for known in await unit.all():
                    if known.id == new_id:
                        raise ValueError(f"{new_id} is taken")
                    if known.file_path == path and known.kind is kind is OperationKind.CREATION:
                        raise ValueError(f"{path} is about to be created already")
                checksum = await self._checksum(path)
                await unit.add(
                    FileOperation(
                        new_id, kind, path, {**(context or {})}, {**(metadata or {})}, checksum
                    )
                )
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, file_path=path, error=str(error))
        return OperationResult(success=True, operation_id=new_id, file_path=path)


@track_creation.alternative()
class BareErrorResults(TrackFileOperationsUseCase):
    """gives an error result nothing but the error, and its own ids a prefix"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        try:
            path = self._normalise(file_path)
            operation = FileOperation(
                id=f"op-{uuid4()}" if operation_id is None else operation_id,
                kind=kind,
                file_path=path,
                context=dict(context or {}),
                metadata=dict(metadata or {}),
                checksum_before=await self._checksum(path),
            )
            async with self._store.unit() as unit:
                await unit.add(operation)
                await unit.commit()
        except Exception as error:
            return OperationResult(success=False, error=str(error))
        return OperationResult(success=True, operation_id=operation.id, file_path=path)


@track_creation.alternative()
class NamesTheKindOfError(TrackFileOperationsUseCase):
    """reads the file within its unit, looks whether it is stored, and names the error's kind"""

    async def _track(
        self,
        kind: OperationKind,
        file_path: str,
        context: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        operation_id: str | None,
    ) -> OperationResult:
        path = self._normalise(file_path)
        new_id = operation_id or uuid4().hex
        try:
            async with self._store.unit() as unit:
                operation = FileOperation(
                    id=new_id,
                    kind=kind,
                    file_path=path,
                    context=dict(context or {}),
                    metadata=dict(metadata or {}),
                    checksum_before=await self._checksum(path),
                )
                await unit.add(operation)
                await unit.commit()
            async with self._store.unit() as second:
                if await second.get(new_id) is None:
                    raise UnknownOperationError(f"{new_id} was not stored")
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            return OperationResult(success=False, file_path=path, error=reason)
        return OperationResult(success=True, operation_id=new_id, file_path=path)
