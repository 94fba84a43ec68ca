"""Checks seal.jsonl of a recording's folder, independently of Tapedeck: python3 test/seal-checker.py FOLDER

Prints JSON: "sealedUntil" (samples up to which the files are as the lines of the first key say), "signatures"
("checked", "none", or "no openssl": not checked) and "faults" (what is wrong). Exit 1 when there are faults.
"""
import base64, glob, hashlib, json, os, re, shutil, subprocess, sys, tempfile

folder = sys.argv[1]
faults = []


def signed(key, text, signature):
    with tempfile.TemporaryDirectory() as temporary:
        names = [os.path.join(temporary, name) for name in ("key", "text", "signature")]
        for name, content in zip(names, (key, text, base64.b64decode(signature))):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0],
                   "-rawin", "-in", names[1], "-sigfile", names[2]]
        return subprocess.run(command, capture_output=True).returncode == 0


def place(name):
    """A track is named by its number alone: tracks/02 is tracks/02-name.opus."""
    tracks = sorted(glob.glob(os.path.join(glob.escape(folder), name + "-*.opus")))
    return tracks[0] if tracks else os.path.join(folder, name)


def prefix(name, length):
    try:
        with open(place(name), "rb") as file:
            content = file.read(length)
    except OSError:
        return None
    return hashlib.sha256(content).hexdigest() if len(content) == length else None


def holds(name, claim):
    path = place(name)
    if claim is None or not os.path.exists(path):
        return claim is None and not os.path.exists(path)
    grown = name != "events.jsonl" and os.path.getsize(path) != claim["bytes"]
    return not grown and prefix(name, claim["bytes"]) == claim["sha256"]


with open(os.path.join(folder, "seal.jsonl"), "rb") as file:
    lines = file.read().splitlines()
first, before, recorded, act, intact, claims = {}, None, 0, None, {}, {}
for number, text in enumerate(lines):
    try:
        line = json.loads(text)
        key = line.get("publicKey") if number == 0 else first["publicKey"]
        if line["n"] != number or line["previous"] != before or line.get("publicKey", key) != key:
            raise ValueError("does not follow")
        body = re.sub(rb',"signature":"[A-Za-z0-9+/=]*"\}$', b"}", text)
        if key and shutil.which("openssl") and not signed(base64.b64decode(key), body, line["signature"]):
            raise ValueError("signature")
    except (ValueError, KeyError) as error:
        faults.append(f"seal.jsonl line {number}: {error}")
        break
    first, before = first or line, hashlib.sha256(text).hexdigest()
    for name, claim in line["files"].items():
        claims[name] = claim
        if claim is None:
            intact.pop(name, None)
        elif "act" not in line and name not in intact and prefix(name, claim["bytes"]) != claim["sha256"]:
            intact[name] = recorded
    recorded, act = (recorded, line["sealedUntil"]) if "act" in line else (line["samples"], act)

changed = [name for name in claims if (name in intact if act is None else not holds(name, claims[name]))]
faults += [f"{name}: changed" for name in changed]
faults += ["seal.jsonl: no end"] if act is None else []
until = min([recorded if act is None else act] + [intact.get(name, recorded) for name in changed])
way = "none" if not first.get("publicKey") else "checked" if shutil.which("openssl") else "no openssl"
print(json.dumps({"sealedUntil": until, "signatures": way, "faults": faults}))
sys.exit(1 if faults else 0)
