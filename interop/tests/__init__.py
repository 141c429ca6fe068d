"""The interop tests. Importing the package registers them."""

from . import test_audio, test_browser, test_crash, test_crash_crowd, test_disk, test_flows, test_hanging_up, test_limits, test_load_profile  # noqa: F401
from . import test_browser_administration, test_browser_figures, test_browser_lists, test_browser_privacy  # noqa: F401
from . import test_browser_long, test_browser_machine, test_browser_orders, test_browser_records, test_browser_screens, test_browser_shift  # noqa: F401
from . import test_messages, test_rejection, test_ringing, test_stopping, test_telephone_events  # noqa: F401
