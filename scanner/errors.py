"""What ends a run: the error that a person can fix, and the one that a new sign-in does."""


class UserError(Exception):
    """Something that the user must put right; shown without a traceback, exit code 2.

    `problem` says what is wrong and where (file, key, line); `hint` is the way out.
    """

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


class SourceExpiredError(Exception):
    """The credentials that a run started from are over: it can go on once somebody has signed in again."""
