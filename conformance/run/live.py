"""The world of a run: a real gateway, real sockets, the clock, and the evidence that is written."""

from __future__ import annotations

import dataclasses
import secrets
import time
from typing import TYPE_CHECKING, Any

from conformance.errors import noted
from conformance.evidence import resume
from conformance.evidence.attribution import Observer, rules_for
from conformance.evidence.calls import PROVIDER_FILE, write_calls
from conformance.evidence.log import EVIDENCE_FILE, Evidence
from conformance.evidence.reading import Head
from conformance.evidence.tape import Tape
from conformance.http.reading.codec import fields_of
from conformance.http.request import Credential
from conformance.plan.expectations import mismatch
from conformance.run import arrival
from conformance.run.listening import listener_at
from conformance.run.progress import NOBODY, Progress
from conformance.run.taped import TapedObserver, TapedSender
from conformance.run.world import Draws
from conformance.send.budget import Budget
from conformance.send.deadlines.deadline import Deadline
from conformance.send.outages import written
from conformance.send.outages.life import harmless
from conformance.send.sender import Sender
from conformance.send.usage import Usage
from conformance.target.written import options_row, target_row

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from conformance.evidence.log import Sealed
    from conformance.evidence.reading import Section
    from conformance.evidence.tape import Told
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Request
    from conformance.run.progress import Watcher
    from conformance.run.world import Ended, Opening
    from conformance.send.deadlines.deadline import Overtime
    from conformance.send.sending import Sending
    from conformance.target.options import Options
    from conformance.target.target import Target


class Live:
    """The world of one run.

    `troubles` gets what fails at the end of the run, and keeps nothing else from its end.
    """

    def __init__(
        self,
        options: Options,
        troubles: list[BaseException],
        watcher: Watcher = NOBODY,
        *,
        observe_on: socket.socket | None = None,
    ) -> None:
        self._options, self._troubles = options, troubles
        self._observe_on = observe_on
        self._log: Evidence | None = None
        self._tape = Tape(self._keep)
        self._observer: Observer | None = None
        self.progress = Progress(watcher)
        # A run may change its credential in the middle; what it spent so far is kept.
        self._budget, self.usage = Budget(options.limits.max_images), Usage()
        self._deadline = Deadline(options.limits)
        self._begun = False
        self._target: Target | None = None

    @property
    def overtime(self) -> Overtime | None:
        """Why the run's time was over before it was through; None if it was not."""
        return self._deadline.overtime

    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        return time.time()

    def earlier(self, identity: dict[str, Any]) -> tuple[Section, ...]:
        """Return what the runs in the report folder have settled."""
        return resume.runs_in(self._options.report_dir, identity)

    def observer(self, target: Target) -> TapedObserver | None:
        """Return the provider that this run plays; it serves once the run begins."""
        if target.observe is None or self._options.dry_run:
            return None
        listener = self._observe_on or listener_at(target.observe, "--observe")
        self._observer = Observer(listener, target.vault, rules_for(target))
        return TapedObserver(self._observer, self._tape)

    def canary(self, target: Target) -> tuple[socket.socket | None, str]:
        """Return a socket that listens where the gateway can reach it, and its address."""
        if target.listen is None and not target.on_loopback:
            return None, ""
        canary = listener_at(target.listen or ("127.0.0.1", 0), "--listen")
        host, port = canary.getsockname()[:2]
        return canary, f"http://{host}:{port}"

    def draw(self, name: str) -> str:  # noqa: ARG002 - the name tells recorded draws apart
        """Return a text that no other run has."""
        return secrets.token_hex(8)

    def approach(self, target: Target) -> None:
        """Open the evidence, and begin to observe."""
        (folder := self._options.report_dir).mkdir(parents=True, exist_ok=True)
        path, self._target = folder / EVIDENCE_FILE, target
        self._log = Evidence(path, target.vault, more=self._options.resume)
        with noted(self._troubles):
            (folder / PROVIDER_FILE).unlink(missing_ok=True)
        if self._observer is not None:
            self._observer.start()

    def is_silent(self, target: Target, request: Request) -> bool:
        """Look whether nobody answers, and wait for somebody first if that is wanted."""
        options = self._options
        if options.embedded:
            return False
        most_s = options.limits.max_time_s or options.limits.timeout_s
        there = arrival.is_there(
            target,
            dataclasses.replace(harmless(request), credential=Credential(name="")),
            timeout_s=min(options.limits.timeout_s, most_s),
            wait_s=options.wait_s,
            say=self.progress.say,
        )
        if options.wait_s:
            # A gateway that was waited for has all of the run's time.
            self._deadline = Deadline(options.limits)
            return not there
        # Where the run may not take as long as a look, nobody can tell silence.
        return not there and most_s >= arrival.ANSWER_S

    def _settled(self, exchange: Exchange) -> Exchange | None:
        kept = self._log(exchange) if self._log is not None else None
        self.progress.settled(kept or exchange)
        return kept

    def open(self, opening: Opening) -> Sending:
        """Begin to send, over real connections."""
        if self._log is not None:
            self._log.begin(self._head(opening))
        sender = Sender(
            opening.target,
            self._options.limits,
            self._settled,
            canary=opening.canary,
            on_progress=self.progress,
            known=opening.known,
            budget=self._budget,
            usage=self.usage,
            mismatch=mismatch,
            renewed=opening.plan.renewed,
            spare=opening.spare,
            deadline=self._deadline,
        )
        if self._observer is not None:
            self._observer.follow(opening.plan, sender.windows)
        sender.__enter__()
        return TapedSender(sender, self._tape)

    def _head(self, opening: Opening) -> Head:
        plan, begins = opening.plan, not self._begun
        self._begun = True
        made = {
            "target": target_row(opening.target),
            "options": options_row(self._options),
            "draws": Draws(plan.canary, plan.mark, plan.fresh, plan.renewing),
        }
        return Head(opening.identity, made, begins)

    def planned(self, total: Callable[[], int], pictures: int) -> None:
        """Report shares of the work from now on."""
        self.progress.begin(total, pictures)

    def told(self, question: str, value: Callable[[], Any]) -> Any:
        """Return a value, and write it to the evidence."""
        found = value()
        self._tape.tell(question, found)
        return found

    def observed(self, calls: Iterable[Call]) -> None:
        """Stop observing, and write the calls to `provider.jsonl`."""
        assert self._observer is not None
        with noted(self._troubles):
            self._observer.stop()
        with noted(self._troubles):
            write_calls(self._options.report_dir / PROVIDER_FILE, calls, self._observer.vault)

    def end(self, ended: Ended) -> Sealed | None:
        """Write the last row of the evidence, and close it."""
        if self._log is None:
            return None
        overtime = self._deadline.overtime
        pictures = [[*key, made] for key, made in self.usage.pictures.items()]
        row = {
            **fields_of(ended),
            "falls": written.as_rows(ended.falls),
            "usage": {**fields_of(self.usage), "pictures": pictures},
            "overtime": dataclasses.asdict(overtime) if overtime else None,
            "commitments": self._commitments(),
            "certificates": [leaf.hex() for leaf in self._certificates()],
        }
        with noted(self._troubles):
            self._log.end(row)
        return self._closed(self._log)

    def _commitments(self) -> dict[str, list[str]]:
        """Return what commits the evidence to the secrets that were taken out of it, if that is wanted."""
        key = self._options.disclosure_key.encode()
        return self._target.vault.commitments(key) if key and self._target else {}

    def _certificates(self) -> list[bytes]:
        return self._target.certificates.leaves if self._target else []

    def _closed(self, log: Evidence) -> Sealed | None:
        try:
            return log.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the result is put together
            self._troubles.append(error)
            return None

    def _keep(self, told: Told) -> None:
        if self._log is not None:
            # If it cannot be written, the next exchange breaks the run off; a run that ends goes on.
            with noted(self._troubles):
                self._log.tell(told)
