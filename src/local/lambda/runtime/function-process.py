"""The process in which one Python function runs, one invocation at a time.

It speaks the same frames with the engine as function-process.ts does (see frames.ts and messages.ts), has the function's
environment and nothing else of the engine's, and ends when the engine does. The standard library is all it needs.
"""

import importlib
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
import time
import traceback
import uuid
from decimal import Decimal
from types import SimpleNamespace

PIPE = 3
MAX_ANSWER_BYTES = 6291556
# CloudWatch Logs' limit; a longer one becomes several.
MAX_EVENT_LENGTH = 256 * 1024


class Pipe:
    """Frames: length (4 bytes), kind (1), length of the header (2), header as JSON, body."""

    def __init__(self):
        os.set_inheritable(PIPE, False)
        self.socket = socket.socket(fileno=PIPE)
        self.socket.setblocking(True)
        # What a thread logs would otherwise come into the midst of an answer. Signals' handlers run in what they interrupt.
        self.lock = threading.RLock()

    def send(self, kind, header, body=b""):
        head = json.dumps(header).encode()
        rest = kind.encode() + len(head).to_bytes(2, "big") + head + body
        with self.lock:
            self.socket.sendall(len(rest).to_bytes(4, "big") + rest)

    def receive(self):
        rest = self._read(int.from_bytes(self._read(4), "big"))
        body_at = 3 + int.from_bytes(rest[1:3], "big")
        return json.loads(rest[3:body_at]), rest[body_at:]

    def _read(self, size):
        data = bytearray()
        while len(data) < size:
            chunk = self.socket.recv(min(size - len(data), 1 << 20))
            if not chunk:
                os._exit(0)  # The engine is gone.
            data += chunk
        return bytes(data)


class Context:
    def __init__(self, message):
        env = os.environ
        self.aws_request_id = message["requestId"]
        self.invoked_function_arn = message["functionArn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.tenant_id = None
        self.identity = members({}, "cognito_identity_id", "cognito_identity_pool_id")
        self.client_context = read_client_context(message.get("clientContext"))
        self._deadline_ms = time.time() * 1000 + message["limitMs"]

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def members(given, *names):
    return SimpleNamespace(**{name: given.get(name) for name in names})


def read_client_context(text):
    if text is None:
        return None
    try:
        given = json.loads(text)
        context = members(given, "custom", "env", "client")
        if context.client is not None:
            names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
            context.client = members(context.client, *names)
        return context
    except Exception as error:
        raise RuntimeFailure("LambdaContextUnmarshalError", f"Unable to parse Client Context JSON: {error}") from error


class RuntimeFailure(Exception):
    """An error that Lambda names `Runtime.…`."""

    def __init__(self, name, message, trace=()):
        super().__init__(message)
        self.name = f"Runtime.{name}"
        self.trace = list(trace)


AS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
TIME = "%Y-%m-%dT%H:%M:%S"
OWN_FIELDS = {*logging.LogRecord("", 0, "", 0, "", (), None).__dict__, "aws_request_id"}


class LogEvents(logging.Handler):
    """Log records in Lambda's form, each one event of the log, however many lines it has."""

    request_id = ""

    def __init__(self, pipe):
        super().__init__()
        self.pipe = pipe
        self.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", TIME))

    def emit(self, record):
        record.aws_request_id = self.request_id
        text = self.as_json(record) if AS_JSON else self.format(record)
        self.say(text)

    def say(self, text):
        # What was printed before is read before.
        sys.stdout.flush()
        for at in range(0, len(text), MAX_EVENT_LENGTH):
            self.pipe.send("L", {}, text[at:at + MAX_EVENT_LENGTH].encode("utf8", "replace"))

    @staticmethod
    def as_json(record):
        fields = {
            "timestamp": time.strftime(TIME, time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            kind, error, tb = record.exc_info
            fields.update(stackTrace=traceback.format_tb(tb), errorType=getattr(kind, "__name__", None), errorMessage=str(error))
            fields["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        fields["requestId"] = record.aws_request_id
        fields.update((name, value) for name, value in record.__dict__.items() if name not in OWN_FIELDS and name not in fields)
        given = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(given, ensure_ascii=False, default=str) + "\n"

    def say_error(self, error):
        kind, message, trace = error["errorType"], error["errorMessage"], error["trace"]
        if AS_JSON:
            fields = {"timestamp": time.strftime(TIME, time.gmtime()), "level": "ERROR", "errorMessage": message,
                      "errorType": kind, "requestId": self.request_id, "stackTrace": trace}
            self.say(json.dumps(fields, ensure_ascii=False))
            return
        lines = [line for entry in trace for line in entry.splitlines()]
        # Lambda indents with spaces that do not break.
        indented = ["\u00a0" * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ") for line in lines]
        head = f"[ERROR] {kind}: {message}" if message else f"[ERROR] {kind}"
        self.say("\n".join([head, "Traceback (most recent call last):", *indented]))


def describe(error):
    """Source: aws-lambda-python-runtime-interface-client, bootstrap.py."""
    if isinstance(error, RuntimeFailure):
        return {"errorType": error.name, "errorMessage": str(error), "trace": error.trace}
    frames = traceback.extract_tb(error.__traceback__)
    first = next((at for at, frame in enumerate(frames) if frame.filename != __file__), 0)
    # Without columns: Lambda marks no part of a line.
    listed = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames[first:]]
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "trace": traceback.format_list(listed),
    }


def load_handler(name):
    parts = name.rsplit(".", 1)
    if len(parts) != 2:
        raise RuntimeFailure("MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module_name, function_name = parts
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise RuntimeFailure("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFailure("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise RuntimeFailure("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace) from error
    handler = getattr(module, function_name, None)
    if handler is None:
        raise RuntimeFailure("HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    return handler


# No document can hold it by chance or on purpose.
MARK = uuid.uuid4().hex
MARKED = re.compile(f'"{MARK}([^"]*)"')


def as_json(value):
    """Decimals keep all of their digits: marked here, bare numbers in the end."""
    if isinstance(value, Decimal):
        return float("nan") if value.is_nan() else f"{MARK}{value}"
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def marshal(value, ensure_ascii):
    """Source: aws-lambda-python-runtime-interface-client, lambda_runtime_marshaller.py."""
    if isinstance(value, bytes):
        return value
    try:
        text = json.dumps(value, default=as_json, ensure_ascii=ensure_ascii)
        return (MARKED.sub(r"\1", text) if MARK in text else text).encode()
    except Exception as error:
        raise RuntimeFailure("MarshalError", f"Unable to marshal response: {error}") from error


def answer(handler, message, payload, log, ensure_ascii):
    """The kind of the frame and its body."""
    try:
        body = marshal(handler(json.loads(payload), Context(message)), ensure_ascii)
        if len(body) <= MAX_ANSWER_BYTES:
            return "A", body
        error = {"errorType": "Function.ResponseSizeTooLarge", "trace": [],
                 "errorMessage": f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes)."}
    except Exception as thrown:
        error = describe(thrown)
        log.say_error(error)
    return "E", json.dumps(error).encode()


def max_memory_bytes():
    try:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    except ImportError:
        return 0


# What ends a process that does not handle it.
FATAL = {name for name in signal.Signals.__members__ if name in (
    "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
    "SIGSEGV", "SIGUSR2", "SIGALRM", "SIGTERM", "SIGSYS")}


def die_by_own_signals(pipe):
    """The first process of a namespace outlives what it sends itself and does not handle; in Lambda it is none."""

    def die(number):
        name = signal.Signals(number).name if number in iter(signal.Signals) else ""
        if os.getpid() == 1 and name in FATAL and signal.getsignal(number) is signal.SIG_DFL:
            pipe.send("K", {"signal": name})
            # Nothing more runs: the engine ends this process, or is gone.
            time.sleep(10)
            os._exit(1)

    kill, raise_signal, abort = os.kill, signal.raise_signal, os.abort

    def own_kill(pid, number, /):
        kill(pid, number)
        if pid == os.getpid():
            die(number)

    def own_raise(number, /):
        raise_signal(number)
        die(number)

    def own_abort():
        die(signal.SIGABRT)
        abort()

    def uncaught(kind, error, trace):
        sys.__excepthook__(kind, error, trace)
        if kind is KeyboardInterrupt:
            # Python would now send itself the signal that it became an exception of.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            die(signal.SIGINT)

    os.kill, signal.raise_signal, os.abort, sys.excepthook = own_kill, own_raise, own_abort, uncaught


def holds_libraries(task):
    folders = [folder for folder in (task, os.path.join(task, "lib")) if os.path.isdir(folder)]
    return any(".so" in name for folder in folders for name in os.listdir(folder))


def main():
    # The engine opens some of its files without close-on-exec.
    os.closerange(PIPE + 1, int(sys.argv[2]) + 1)
    os.environ.update(json.loads(os.environ.pop("DYNOPS_FUNCTION_VARIABLES", "{}")))
    os.environ.pop("DYNOPS_PROCESS_ID", None)
    task = os.environ["LAMBDA_TASK_ROOT"]
    if len(sys.argv) < 4 and "LD_LIBRARY_PATH" in os.environ and holds_libraries(task):
        # Where libraries are looked for is read at a program's start; none of the engine's files is open any more.
        os.execv(sys.executable, [sys.executable, "-u", "-B", *sys.argv, "again"])
    sys.argv = [sys.argv[0]]
    # What the interpreter would have read from variables, had it had them.
    added = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder and folder not in sys.path]
    sys.path[:1] = [task, *added]
    if hasattr(time, "tzset"):
        time.tzset()
    pipe = Pipe()
    die_by_own_signals(pipe)
    log = LogEvents(pipe)
    logging.Formatter.converter = time.gmtime
    logging.getLogger().addHandler(log)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").replace("TRACE", "DEBUG")
    if level in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
        logging.getLogger().setLevel(level)
    wanted, here = os.environ["AWS_EXECUTION_ENV"].replace("AWS_Lambda_", ""), "python%d.%d" % sys.version_info[:2]
    if wanted != here:
        print(f"{wanted} runs on {here} here")
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as thrown:
        error = describe(thrown)
        log.say_error(error)
        pipe.send("F", {}, json.dumps(error).encode())
        return
    # Up to 3.11 what is not ASCII is escaped; the marshaller's source.
    ensure_ascii = wanted in ("python3.9", "python3.10", "python3.11")
    pipe.send("R", {})
    while True:
        message, payload = pipe.receive()
        request_id = message["requestId"]
        pipe.send("T", {"number": message["number"]})
        log.request_id = request_id
        if message.get("traceId"):
            os.environ["_X_AMZN_TRACE_ID"] = message["traceId"]
        used = time.process_time()
        kind, body = answer(handler, message, payload, log, ensure_ascii)
        owed = (time.process_time() - used) * message.get("cpuWaitPerMs", 0)
        if owed > 0.001:
            time.sleep(owed)
        sys.stdout.flush()
        pipe.send(kind, {"requestId": request_id, "maxMemoryBytes": max_memory_bytes()}, body)


main()
