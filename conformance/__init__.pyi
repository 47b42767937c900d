from conformance.api.judging import judge as judge
from conformance.api.judging import write_reports as write_reports
from conformance.errors import ConformanceError as ConformanceError
from conformance.errors import UsageError as UsageError
from conformance.result.model import Result as Result
from conformance.result.status import Status as Status
from conformance.result.status import Verdict as Verdict
from conformance.result.verdict import exit_code as exit_code

__version__: str
