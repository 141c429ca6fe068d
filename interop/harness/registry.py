"""The list of tests."""

tests = []


def test(name):
    """Registers a function that takes a bench as the test `name`."""

    def register(body):
        tests.append((name, body))
        return body

    return register
