"""The one error that a person can fix."""


class UserError(Exception):
    """Something that the user must put right; shown without a traceback, exit code 2.

    `problem` says what is wrong and where (file, key, line); `hint` is the way out.
    """

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
