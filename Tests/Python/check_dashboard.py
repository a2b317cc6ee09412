"""Opens a study in optuna-dashboard, looks at it with a headless Chromium and prints what a reader sees as JSON.

    python check_dashboard.py sqlite:///study.db NAME --trials COUNT [--parameter NAME]... [--expect TEXT]... [--chromium PROGRAM]

Needs: pip install optuna-dashboard aiohttp (tested with 0.21.0), and Debian's chromium. Server and browser listen on the loopback address
only and end with the script. A page is read when it shows everything that is expected of it, or after a time. The page of the study has to
show the expected texts, that of the analyses the parameters, the list of trials that there are so many.
"""

import argparse
import asyncio
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import aiohttp

PAGE_SECONDS = 45


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Browser:
    """One page of a headless Chromium, driven over its debugging protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse):
        self.socket = socket
        self.number = 0
        self.errors: list = []

    async def call(self, method: str, **parameters) -> dict:
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json(timeout=PAGE_SECONDS)
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(message["params"]["exceptionDetails"].get("text", "?"))
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    async def evaluate(self, script: str):
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def read(self, address: str, wanted: list) -> str:
        """The text of a page once it shows all that is wanted, or what it shows in the end."""
        await self.call("Page.navigate", url=address)
        text, end = "", time.monotonic() + PAGE_SECONDS
        while time.monotonic() < end:
            text = await self.evaluate("document.body ? document.body.innerText : ''") or ""
            if all(word in text for word in wanted):
                break
            await asyncio.sleep(0.2)
        return text


async def until_answered(address: str, process: subprocess.Popen) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit(f"{process.args[0]} ended with status {process.returncode}")
            try:
                async with session.get(address):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise SystemExit(f"nothing answered at {address}")


async def look(storage: str, name: str, chromium: str, expected: list, trials: int, parameters: list, folder: pathlib.Path, processes: list) -> dict:
    port = free_port()
    program = pathlib.Path(sys.executable).parent / "optuna-dashboard"
    server = [str(program), storage, "--host", "127.0.0.1", "--port", str(port)]
    processes.append(subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    debugging = free_port()
    # Without a sandbox, since tests may run as root; with software rendering, since there may be no graphics.
    browser = [
        chromium, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader", "--no-first-run",
        f"--remote-debugging-port={debugging}", f"--user-data-dir={folder}", "--window-size=1400,1000", "about:blank",
    ]
    processes.append(subprocess.Popen(browser, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    await until_answered(f"http://127.0.0.1:{port}/", processes[0])
    await until_answered(f"http://127.0.0.1:{debugging}/json/version", processes[1])
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/api/studies") as answer:
            studies = (await answer.json())["study_summaries"]
        study = next(summary["study_id"] for summary in studies if summary["study_name"] == name)
        async with session.get(f"http://127.0.0.1:{debugging}/json/list") as answer:
            page = next(target for target in await answer.json() if target["type"] == "page")
        async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            tab = Browser(socket)
            await tab.call("Runtime.enable")
            base = f"http://127.0.0.1:{port}/dashboard"
            return {
                "list": await tab.read(base, [name]),
                "study": await tab.read(f"{base}/studies/{study}", [name] + expected),
                "analytics": await tab.read(f"{base}/studies/{study}/analytics", ["Contour"] + parameters),
                "trials": await tab.read(f"{base}/studies/{study}/trials", [f"{trials} Trials", "Trial 0"]),
                "errors": tab.errors,
            }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("storage")
    parser.add_argument("name")
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--parameter", action="append", default=[])
    parser.add_argument("--expect", action="append", default=[])
    arguments = parser.parse_args()
    processes: list = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            seen = asyncio.run(
                look(
                    arguments.storage, arguments.name, arguments.chromium, arguments.expect, arguments.trials, arguments.parameter,
                    pathlib.Path(folder), processes))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
