"""Variants of resume, written from the contract and the source alone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.bank.lesson_02_workflows.resume.exercise import resume
from vespera_scriptorium.application.task_execution_workflow import (
    OnFailure,
    TaskExecutionWorkflow,
    WorkflowStep,
)
from vespera_scriptorium.domain.task import Task, TaskResult, TaskStatus


@resume.mutant(clause=5)
class CountsWhatIsDone(TaskExecutionWorkflow):
    """goes on behind as many steps as have an output, whichever steps they are"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in steps[len(task.outputs) :]:
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=2)
class OutputsOfTheBeginning(TaskExecutionWorkflow):
    """gives every step the outputs that were there when the attempt began"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        done = task.outputs
        for step in steps:
            if step.name in done:
                continue
            try:
                output = await step.run(done)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=3)
class SavesWhileItGoesOn(TaskExecutionWorkflow):
    """starts to store an output, and begins with the next step meanwhile"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        saving: asyncio.Future[None] | None = None
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                if saving is not None:
                    await saving
                return await self._fail(task, steps, step, error, on_failure)
            if saving is not None:
                await saving
            task = replace(task, outputs={**task.outputs, step.name: output})
            saving = asyncio.ensure_future(self._tasks.save(task))
        if saving is not None:
            await saving
        return await self._succeed(task, steps)


@resume.mutant(clause=4)
class CountsWithTheFirstOutput(TaskExecutionWorkflow):
    """stores the new number of attempts together with the first output"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        task = replace(task, status=TaskStatus.RUNNING)
        await self._tasks.save(task)
        task = replace(task, attempts=task.attempts + 1)
        for step in steps:
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(task.outputs)
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)


@resume.mutant(clause=1)
class BeginsAllOverAfterAFailure(TaskExecutionWorkflow):
    """forgets every output after a failure, also those of steps that nobody undid"""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems = []
        for step in reversed(steps):
            if step.compensate is None or step.name not in task.outputs:
                continue
            try:
                await step.compensate()
            except Exception as problem:
                problems.append(f"compensation of {step.name} failed: {problem}")
        task = replace(task, outputs={})
        await self._tasks.save(task)
        return task, problems


@resume.mutant(clause=6)
class CancelledAsItBegan(TaskExecutionWorkflow):
    """stores a cancelled task as it was when the attempt began: its progress is lost"""

    async def _store_cancelled(self, task: Task) -> None:
        await self._tasks.save(replace(task, status=TaskStatus.CANCELLED))


@resume.alternative()
class ReadsBeforeEachStep(TaskExecutionWorkflow):
    """reads the task from the repository before each step, and gives steps a copy of the outputs"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        await self._tasks.save(replace(task, attempts=task.attempts + 1))
        task = await self._tasks.get(task.id) or task
        await self._tasks.save(replace(task, status=TaskStatus.RUNNING))
        for step in steps:
            task = await self._tasks.get(task.id) or task
            if step.name in task.outputs:
                continue
            try:
                output = await step.run(dict(sorted(task.outputs.items())))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            await self._tasks.save(replace(task, outputs={step.name: output, **task.outputs}))
        task = await self._tasks.get(task.id) or task
        return await self._succeed(task, steps)


@resume.alternative()
class ForgetsAllAtOnce(TaskExecutionWorkflow):
    """compensates all steps, and stores afterwards, once, which of them are not done any more"""

    async def _compensate(
        self, task: Task, steps: Sequence[WorkflowStep]
    ) -> tuple[Task, list[str]]:
        problems, undone = [], set()
        for step in reversed([step for step in steps if step.name in task.outputs]):
            if step.compensate is not None:
                try:
                    await step.compensate()
                    undone.add(step.name)
                except Exception as problem:
                    problems.append(f"{step.name} was not undone: {problem}")
        left = {name: output for name, output in task.outputs.items() if name not in undone}
        return replace(task, outputs=left), problems


@resume.alternative()
class RunsStepsInTasks(TaskExecutionWorkflow):
    """runs each step in a task of its own"""

    async def _run_steps(
        self, task: Task, steps: Sequence[WorkflowStep], on_failure: OnFailure | None
    ) -> TaskResult:
        async def run(step: WorkflowStep, outputs: Mapping[str, str]) -> str:
            await asyncio.sleep(0)
            return await step.run(outputs)

        task = replace(task, status=TaskStatus.RUNNING, attempts=task.attempts + 1)
        await self._tasks.save(task)
        for step in [step for step in steps if step.name not in task.outputs]:
            try:
                output = await asyncio.create_task(run(step, {**task.outputs}))
            except Exception as error:
                return await self._fail(task, steps, step, error, on_failure)
            task = replace(task, outputs={**task.outputs, step.name: output})
            await self._tasks.save(task)
        return await self._succeed(task, steps)
