class QuestionRefused(Exception):
    """A metric, period, scope, dimension or member that can't be answered; the message lists what is possible."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field
