"""The process in which one Python function runs, one invocation at a time.

It speaks the same frames with the engine as function-process.ts does (see frames.ts and messages.ts), has the function's
environment and nothing else of the engine's, and ends when the engine does. The standard library is all it needs.
"""

import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback
from decimal import Decimal

PIPE = 3
MAX_ANSWER_BYTES = 6291556


class Pipe:
    """Frames: length (4 bytes), kind (1), length of the header (2), header as JSON, body."""

    def __init__(self):
        os.set_inheritable(PIPE, False)
        self.socket = socket.socket(fileno=PIPE)
        self.socket.setblocking(True)

    def send(self, kind, header, body=b""):
        head = json.dumps(header).encode()
        rest = kind.encode() + len(head).to_bytes(2, "big") + head + body
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
        self.identity = None
        client_context = message.get("clientContext")
        self.client_context = None if client_context is None else json.loads(client_context)
        self._deadline_ms = time.time() * 1000 + message["limitMs"]

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class RuntimeFailure(Exception):
    """An error that Lambda names `Runtime.…`."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = f"Runtime.{name}"


class LogLines(logging.Handler):
    """Log records in Lambda's form, on standard output."""

    request_id = None

    def emit(self, record):
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
            line = {"timestamp": at, "level": record.levelname, "message": record.getMessage(),
                    "logger": record.name, "requestId": self.request_id}
            text = json.dumps(line)
        else:
            text = f"[{record.levelname}]\t{at}\t{self.request_id}\t{self.format(record)}"
        print(text, flush=True)


def describe(error):
    if isinstance(error, RuntimeFailure):
        return {"errorType": error.name, "errorMessage": str(error), "trace": []}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "trace": traceback.format_list(frames),
    }


def load_handler(name):
    parts = name.rsplit(".", 1)
    if len(parts) != 2:
        raise RuntimeFailure("MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module_name, function_name = parts[0].replace("/", "."), parts[1]
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise RuntimeFailure("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise RuntimeFailure("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    handler = getattr(module, function_name, None)
    if handler is None:
        raise RuntimeFailure("HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    return handler


def as_json(value):
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def say(error):
    print(f"[ERROR] {error['errorType']}: {error['errorMessage']}\nTraceback (most recent call last):\n"
          + "".join(error["trace"]).rstrip(), flush=True)


def answer(handler, message, payload):
    """The kind of the frame and its body."""
    try:
        result = handler(json.loads(payload), Context(message))
        try:
            body = json.dumps(result, default=as_json, ensure_ascii=False).encode()
        except (TypeError, ValueError) as error:
            raise RuntimeFailure("MarshalError", f"Unable to marshal response: {error}") from error
        if len(body) <= MAX_ANSWER_BYTES:
            return "A", body
        error = {"errorType": "Function.ResponseSizeTooLarge", "trace": [],
                 "errorMessage": f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes)."}
    except Exception as thrown:
        error = describe(thrown)
        say(error)
    return "E", json.dumps(error).encode()


def max_memory_bytes():
    try:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    except ImportError:
        return 0


def main():
    pipe = Pipe()
    # The engine opens some of its files without close-on-exec.
    os.closerange(PIPE + 1, int(sys.argv[2]) + 1)
    os.environ.update(json.loads(os.environ.pop("DYNOPS_FUNCTION_VARIABLES", "{}")))
    os.environ.pop("DYNOPS_PROCESS_ID", None)
    sys.argv = [sys.argv[0]]
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    lines = LogLines()
    logging.getLogger().addHandler(lines)
    wanted, here = os.environ["AWS_EXECUTION_ENV"].replace("AWS_Lambda_", ""), "python%d.%d" % sys.version_info[:2]
    if wanted != here:
        print(f"{wanted} runs on {here} here")
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as thrown:
        error = describe(thrown)
        say(error)
        pipe.send("F", {}, json.dumps(error).encode())
        return
    pipe.send("R", {})
    while True:
        message, payload = pipe.receive()
        request_id = message["requestId"]
        pipe.send("T", {"requestId": request_id})
        lines.request_id = request_id
        if message.get("traceId"):
            os.environ["_X_AMZN_TRACE_ID"] = message["traceId"]
        used = time.process_time()
        kind, body = answer(handler, message, payload)
        owed = (time.process_time() - used) * message.get("cpuWaitPerMs", 0)
        if owed > 0.001:
            time.sleep(owed)
        sys.stdout.flush()
        pipe.send(kind, {"requestId": request_id, "maxMemoryBytes": max_memory_bytes()}, body)


main()
