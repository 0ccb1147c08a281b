# An agent in 60 lines of Python, standard library alone: python3 loop.py "what is in this folder?"
# Passes the stage "loop": npm run grade -- "python3 examples/agents/loop.py" --stage loop
import json, os, subprocess, sys, urllib.request

URL = os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com") + "/v1/messages"
MOST_CALLS = 50
BASH = {
    "name": "bash",
    "description": "Runs a shell command and returns its output.",
    "input_schema": {
        "type": "object",
        "properties": {"command": {"type": "string"}},
        "required": ["command"],
    },
}


def ask(messages):
    body = {
        "model": os.environ["MODEL_ID"],
        "max_tokens": 8000,
        "system": "You are a coding agent. Be brief.",
        "tools": [BASH],
        "messages": messages,
    }
    headers = {
        "content-type": "application/json",
        "x-api-key": os.environ["ANTHROPIC_API_KEY"],
        "anthropic-version": "2023-06-01",
    }
    request = urllib.request.Request(URL, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=600) as response:
        return json.load(response)


def run(call):
    """One tool_result for one call, whatever goes wrong."""
    result = {"type": "tool_result", "tool_use_id": call["id"]}
    command = call["input"].get("command")
    if call["name"] != "bash" or not isinstance(command, str):
        return result | {"content": "Error: call bash with a command.", "is_error": True}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, errors="replace", timeout=120)
    return result | {"content": (done.stdout + done.stderr)[-20000:] + f"[exit code {done.returncode}]"}


def main(prompt):
    messages = [{"role": "user", "content": prompt}]
    for _ in range(MOST_CALLS):
        reply = ask(messages)
        messages.append({"role": "assistant", "content": reply["content"]})
        # With any other stop reason the last call may be half of one.
        if reply["stop_reason"] != "tool_use":
            print("".join(block["text"] for block in reply["content"] if block["type"] == "text"))
            return
        calls = [block for block in reply["content"] if block["type"] == "tool_use"]
        messages.append({"role": "user", "content": [run(call) for call in calls]})
    sys.exit(f"Stopped after {MOST_CALLS} calls of the model.")


main(sys.argv[1])
