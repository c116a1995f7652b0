"""To whom figures of several services may be shown."""

LEAST = 5
"""The fewest services whose figures are shown to one who may not see each of them."""


def may_show(services: int, hidden: int) -> bool:
    """Say whether the median and quartiles of so many services may be shown to one who may not see `hidden` of them:
    where every one may be seen; or there are enough of them, and those that may not be seen are all but one of enough.
    Whoever sees only their own service of five is told; whoever sees so many that one to three are left is not, since
    what these scored could be worked out.
    """
    return hidden == 0 or (services >= LEAST and hidden >= LEAST - 1)


def may_count(hidden: int) -> bool:
    """Say whether it may be shown how many services have which score. Whoever sees the others could subtract theirs, so
    that those that may not be seen must be enough by themselves.
    """
    return hidden == 0 or hidden >= LEAST
