#!/usr/bin/env python3
"""daily: the morning run on 1,000,000 orders and 500,000 profiles.

    bench/daily.py BUILD [--orders N]

A folder of scrm init with ten files of sales, the members of the till and the
customers of a web shop (half of them the same people); daily runs on it three
times: once more with nothing new, and on the next day. Prints the part of RESULTS.md that tells of
it: the time, where it goes by each tool's own run record, and the most memory
that all processes of the run held at once. bench/run.py has it written.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DAYS = ("2026-11-21", "2026-11-22")


def folder(build, orders):
    """The folder, filled; a new one each time."""
    top = os.path.join(build, "bench", "daily")
    gen = os.path.join(build, "bench", "gen")
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.dirname(top), exist_ok=True)
    subprocess.check_call(["cc", "-O2", "-o", gen,
                           os.path.join(HERE, "gen.c")])
    subprocess.check_call([os.path.join(build, "bin", "scrm"), "init", top],
                          stdout=subprocess.DEVNULL)
    for name in os.listdir(os.path.join(HERE, "maps")):
        shutil.copy(os.path.join(HERE, "maps", name), os.path.join(top, "maps"))
    many = orders // 10
    files = [("raw/till/%s-sales-%d.csv" % (DAYS[0], i), "till", many, i)
             for i in range(10)]
    files += [("raw/members/%s-all.csv" % DAYS[0], "members", orders // 4, 1),
              ("raw/web/%s-all.csv" % DAYS[0], "web", orders // 4, 1),
              ("lists/products.csv", "products", 50000, 1)]
    for path, kind, n, seed in files:
        path = os.path.join(top, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            subprocess.check_call([gen, kind, str(n), str(seed)], stdout=out)
    return top


def resident(session):
    """Bytes that the processes of a session hold, shared pages once each."""
    total = 0
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % pid) as f:
                words = f.read().rsplit(")", 1)[1].split()
            if int(words[3]) == session:
                total += int(words[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            pass
    return total


def cpu():
    """Seconds of CPU of all processes that were started and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def morning(build, top, day):
    """Seconds, those of CPU, bytes at the most, the tools' run records."""
    log = os.path.join(build, "bench", "daily.log")
    if os.path.exists(log):
        os.unlink(log)
    env = dict(os.environ, SCRM_LOG=log, LC_ALL="C.UTF-8",
               PATH=os.path.join(build, "bin") + ":" + os.environ["PATH"])
    for name in ("SCRM_SEAL", "SCRM_REJECTS", "SCRM_AS_OF", "SCRM_TZ"):
        env.pop(name, None)
    used = cpu()
    start = time.perf_counter()
    p = subprocess.Popen([os.path.join(top, "daily"), day], env=env,
                         start_new_session=True)
    most = [0]

    def look():
        while p.poll() is None:
            most[0] = max(most[0], resident(p.pid))
            time.sleep(0.1)
    watch = threading.Thread(target=look)
    watch.start()
    status = p.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if status:
        sys.exit("daily: status %d" % status)
    if not os.path.exists(log):
        return seconds, cpu() - used, most[0], []
    with open(log, encoding="utf-8") as f:
        return seconds, cpu() - used, most[0], [json.loads(line) for line in f]


def by_tool(runs):
    """Rows of tool, runs, lines read, seconds, in order of the first."""
    rows = {}
    for r in runs:
        row = rows.setdefault(r["tool"], [0, 0, 0.0])
        row[0] += 1
        row[1] += r["read"]
        row[2] += r["seconds"]
    return rows


def met(yes):
    return "met" if yes else "MISSED"


def measure(build, orders=1000000):
    """The lines of the report."""
    build = os.path.abspath(build)
    top = folder(build, orders)
    first, cpu1, most, runs = morning(build, top, DAYS[0])
    second = morning(build, top, DAYS[0])[0]
    third, cpu3, most3, again = morning(build, top, DAYS[1])
    one, two = by_tool(runs), by_tool(again)
    most = max(most, most3)
    out = ["### daily: %d orders, %d profiles\n" % (orders, orders // 2),
           "From ten files of sales and two of people to customers, reports "
           "and a list: %.1f s, %.1f of CPU (wanted 60 s: %s); once more, with "
           "nothing new, %.1f s (wanted 40 %% of it: %s); on the next day, with "
           "nothing new, %.1f s, %.1f of CPU. At most %.0f MiB in all "
           "processes together (wanted 2048: %s).\n" % (
               first, cpu1, met(first <= 60), second,
               met(second < 0.4 * first), third, cpu3, most / 2**20,
               met(most < 2**31)),
           "Seconds from start to end; stages of a pipe run at once, so they "
           "do not add up.\n",
           "| tool | runs | lines read | s | s, next day |",
           "|---|---|---|---|---|"]
    for tool, (n, read, seconds) in one.items():
        out.append("| %s | %d | %d | %.2f | %s |" % (
            tool, n, read, seconds,
            "%.2f" % two[tool][2] if tool in two else "kept"))
    out.append("")
    shutil.rmtree(top)
    return out
    shutil.rmtree(top)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--orders", type=int, default=1000000)
    args = parser.parse_args()
    print("\n".join(measure(args.build, args.orders)))


if __name__ == "__main__":
    main()
