#!/usr/bin/env python3
"""bench: the tools beside their peers, in one run, as ratios.

    bench/run.py BUILD [--lines N] [--runs N] [--only WORD ...]

Commands of a task run in turn, A B C A B C, so that a machine whose speed
drifts slows all of them; medians are compared, and what is written to
bench/RESULTS.md are ratios and the commands they are of. Python, and DuckDB
in BUILD/venv, are only for this.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

import daily

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

# DuckDB is asked inside one process and its own clock is taken, so that
# neither Python's start nor the import is held against it.
DUCK = """
import duckdb, json, sys, time
c = duckdb.connect()
c.execute("set threads=%d" % int(sys.argv[1]))
start = time.perf_counter()
c.execute(sys.argv[2])
print(json.dumps({"seconds": time.perf_counter() - start}))
"""

ORDER_COLUMNS = """columns={type:'VARCHAR',source:'VARCHAR',order_id:'VARCHAR',
observed_at:'VARCHAR',time:'VARCHAR',status:'VARCHAR',total:'DECIMAL(18,2)',
paid:'DECIMAL(18,2)',currency:'VARCHAR',channel:'VARCHAR',
customer_id:'VARCHAR',phone:'VARCHAR',city:'VARCHAR',
products:'STRUCT(sku VARCHAR,brand VARCHAR,category VARCHAR,
price DECIMAL(18,2),quantity INTEGER)[]'}""".replace("\n", "")

CSV_TEXT = "all_varchar=true,header=true"
CSV_TYPED = """header=true,columns={order_id:'VARCHAR',time:'TIMESTAMP',
status:'VARCHAR',total:'DECIMAL(18,2)',paid:'DECIMAL(18,2)',channel:'VARCHAR',
customer_id:'VARCHAR',name:'VARCHAR',phone:'VARCHAR',city:'VARCHAR',
note:'VARCHAR'}""".replace("\n", "")


class Bench:
    def __init__(self, args):
        self.args = args
        self.build = os.path.abspath(args.build)
        self.data = os.path.join(self.build, "bench")
        self.venv = os.path.join(self.build, "venv", "bin", "python")
        os.makedirs(self.data, exist_ok=True)
        self.env = dict(os.environ, SCRM_TZ="Asia/Shanghai",
                        SCRM_AS_OF="2026-11-21", LC_ALL="C.UTF-8",
                        PATH=os.path.join(self.build, "bin") + ":" +
                        os.environ["PATH"])
        for name in list(self.env):
            if name in ("SCRM_LOG", "SCRM_SEAL", "SCRM_REJECTS"):
                del self.env[name]
        self.out = []

    # -- data ---------------------------------------------------------------

    def file(self, kind, lines=None, encoding=None):
        lines = lines or self.args.lines
        name = os.path.join(self.data, "%s-%d%s" %
                            (kind, lines, "." + encoding if encoding else ""))
        if os.path.exists(name):
            return name
        gen = os.path.join(self.data, "gen")
        if not os.path.exists(gen):
            subprocess.check_call(["cc", "-O2", "-o", gen,
                                   os.path.join(HERE, "gen.c")])
        with open(name + ".new", "wb") as out:
            if encoding:
                with open(self.file(kind, lines), "rb") as source:
                    subprocess.check_call(["iconv", "-f", "UTF-8", "-t",
                                           encoding], stdin=source, stdout=out)
            else:
                subprocess.check_call([gen, kind, str(lines)], stdout=out)
        os.rename(name + ".new", name)
        return name

    # -- running ------------------------------------------------------------

    def once(self, command):
        """wall, cpu, peak KiB; a duck tells its own wall."""
        duck = command[0] == "duck"
        if duck:
            command = [self.venv, "-c", DUCK, str(command[1]), command[2]]
        # time(1) forks from a small process; a child of this one would show
        # Python's memory as its own
        told = os.path.join(self.data, "time")
        timed = ["/usr/bin/time", "-f", "%U %S %M", "-o", told] + command
        start = time.perf_counter()
        p = subprocess.run(timed, env=self.env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE if duck
                           else subprocess.DEVNULL,
                           stderr=subprocess.PIPE, check=False)
        wall = time.perf_counter() - start
        if p.returncode:
            sys.exit("%s: status %d: %s" % (" ".join(command)[:200],
                                            p.returncode,
                                            p.stderr.decode()[-2000:]))
        if duck:
            wall = json.loads(p.stdout.rstrip().rsplit(b"\n", 1)[-1])[
                "seconds"]
        with open(told, encoding="utf-8") as f:
            user, system, peak = f.read().split()[-3:]
        return wall, float(user) + float(system), int(peak)

    def task(self, word, title, data, commands, wants):
        """commands: (name, words, slow); the first is ours."""
        if self.args.only and word not in self.args.only:
            return None
        runs = {name: [] for name, _, _ in commands}
        for i in range(self.args.runs + 1):
            for name, words, slow in commands:
                if slow and i > 1:
                    continue
                got = self.once(words)
                if i:
                    runs[name].append(got)
                elif slow:
                    runs[name].append(got)
        size = os.path.getsize(data) / 1e6
        med = {n: statistics.median(r[0] for r in v) for n, v in runs.items()}
        ours = commands[0][0]
        # what a core does is told by the run on one
        alone = ours + ", one thread"
        cpu = statistics.median(r[1] for r in runs[
            alone if alone in runs else ours])
        print("## %s" % title, file=sys.stderr)
        rows = []
        for name, words, _ in commands:
            ratio = med[name] / med[ours]
            peak = max(r[2] for r in runs[name]) / 1024
            want = wants.get(name)
            verdict = "" if want is None else \
                "%s %.3g" % ("met" if ratio >= want else "MISSED", want)
            rows.append((name, "%.2f" % med[name],
                         "%.0f" % (size / med[name]),
                         "" if name == ours else "%.2f" % ratio, verdict,
                         "%.1f" % peak))
            print("   %-28s %7.3f s %8.0f MB/s  x%.2f %s  %.1f MiB" %
                  (name, med[name], size / med[name], ratio, verdict, peak),
                  file=sys.stderr)
        speed = size / cpu
        self.out.append("### %s\n" % title)
        self.out.append("%.0f MB. Ours: %.0f MB/s a core%s.\n" % (
            size, speed, "" if "MB/s" not in wants else
            " (wanted %d: %s)" % (wants["MB/s"], "met" if speed >=
                                  wants["MB/s"] else "MISSED")))
        self.out.append("| | s | MB/s | times ours | wanted | peak MiB |")
        self.out.append("|---|---|---|---|---|---|")
        for row in rows:
            self.out.append("| %s |" % " | ".join(row))
        self.out.append("")
        for name, words, _ in commands:
            self.out.append("- %s: `%s`" % (name, self.shown(words)))
        self.out.append("")
        return med

    def shown(self, words):
        text = "%s threads: %s" % (words[1], words[2]) if words[0] == "duck" \
            else " ".join("'%s'" % w if " " in w or '"' in w else w
                          for w in words)
        return text.replace(self.data + "/", "").replace(ROOT + "/", "")

    # -- the tasks ----------------------------------------------------------

    def conf(self, name):
        return os.path.join(HERE, name)

    def copy(self, query):
        return "COPY (%s) TO '/dev/stdout' (FORMAT json)" % query

    def run(self):
        o = self.file("orders")
        auto = "read_json_auto('%s',format='newline_delimited')" % o
        cols = "read_json('%s',format='newline_delimited',%s)" % (
            o, ORDER_COLUMNS)
        wants = {"MB/s": 900, "jq": 30, "Miller": 60,
                 "DuckDB, own detection": 3, "DuckDB, explicit columns": 2}
        for what, sql, jq, mlr in (
                ("most pass", "total >= 1000", ".total >= 1000",
                 "$total >= 1000"),
                ("few pass", "total >= 1000 and city = '上海'",
                 '.total >= 1000 and .city == "上海"',
                 '$total >= 1000 && $city == "上海"')):
            self.task("pick", "scrm-pick, orders, %s" % what, o, [
                ("scrm-pick", ["scrm-pick", "-j", "2", sql, o], False),
                ("scrm-pick, one thread", ["scrm-pick", sql, o], False),
                ("DuckDB, own detection", ["duck", 2, self.copy(
                    "SELECT * FROM %s WHERE %s" % (auto, sql))], False),
                ("DuckDB, explicit columns", ["duck", 2, self.copy(
                    "SELECT * FROM %s WHERE %s" % (cols, sql))], False),
                ("DuckDB, one thread", ["duck", 1, self.copy(
                    "SELECT * FROM %s WHERE %s" % (auto, sql))], False),
                ("jq", ["jq", "-c", "select(%s)" % jq, o], True),
                ("Miller", ["mlr", "--ijsonl", "--ojsonl", "filter", mlr, o],
                 True)], wants)
        for kind, cond in (("han", "nickname = '上海'"),
                           ("events", "value > 5000")):
            f = self.file(kind)
            self.task("pick", "scrm-pick, one condition, %s" % kind, f, [
                ("scrm-pick", ["scrm-pick", cond, f], False)], {"MB/s": 600})

        one = self.conf("tags-1.csv")
        self.task("tag", "scrm-tag, one rule, orders", o, [
            ("scrm-tag", ["scrm-tag", "-j", "2", "-f", one, o], False),
            ("scrm-tag, one thread", ["scrm-tag", "-f", one, o], False),
            ("DuckDB, own detection", ["duck", 2, self.copy(
                "SELECT *, CASE WHEN total >= 1000 THEN ['big'] ELSE [] END "
                "AS tags FROM %s" % auto)], False),
            ("DuckDB, explicit columns", ["duck", 2, self.copy(
                "SELECT *, CASE WHEN total >= 1000 THEN ['big'] ELSE [] END "
                "AS tags FROM %s" % cols)], False),
            ("jq", ["jq", "-c", 'if .total >= 1000 then .tags = ["big"] '
                    'else . end', o], True),
            ("Miller", ["mlr", "--ijsonl", "--ojsonl", "put",
                        'if ($total >= 1000) {$tags = "big"}', o], True),
        ], {"MB/s": 900, "jq": 30, "Miller": 60, "DuckDB, own detection": 3,
            "DuckDB, explicit columns": 2})
        self.task("tag50", "scrm-tag, 50 rules, ten of them patterns", o, [
            ("scrm-tag", ["scrm-tag", "-f", self.conf("tags-50.csv"), o],
             False)], {"MB/s": 300})

        self.csv_task("csv", "one row in five with a quoted cell", "csv", 2,
                      350)
        self.csv_task("csv-quoted", "every cell quoted", "csv-quoted", 1, 200)
        self.gb18030()
        self.people()
        self.groups()
        self.latest(o, cols, auto)
        self.join(o, cols)
        self.profile(o, cols)
        self.sort(o)
        self.pipes(o)
        self.start()
        self.memory(o)
        self.growth()
        if not self.args.only or "daily" in self.args.only:
            self.out += daily.measure(self.build)

    def csv_task(self, word, what, kind, want, speed):
        f = self.file(kind)
        for typed in (False, True):
            name = "bench-typed" if typed else "bench-text"
            opts = CSV_TYPED if typed else CSV_TEXT
            words = ["scrm-ingest", "--observed", "2026-11-20", "-m",
                     self.conf(name + ".json"), f]
            self.task(word, "scrm-ingest, CSV, %s, %s" % (
                what, "typed" if typed else "as text"), f, [
                ("scrm-ingest", words + ["-j", "2"], False),
                ("scrm-ingest, one thread", words, False),
                ("DuckDB", ["duck", 2, self.copy(
                    "SELECT * FROM read_csv('%s',%s)" % (f, opts))], False)] +
                ([] if typed or word != "csv" else [
                    ("Miller", ["mlr", "--icsv", "--ojsonl", "cat", f], True)]),
                dict({"DuckDB": want, "Miller": 8},
                     **({} if typed else {"MB/s": speed})))

    def people(self):
        """Ours validates telephone numbers and e-mails, DuckDB neither."""
        f = self.file("web")
        typed = ("header=true,columns={no:'VARCHAR',name:'VARCHAR',"
                 "phone:'VARCHAR',email:'VARCHAR',city:'VARCHAR',"
                 "birthday:'DATE',since:'DATE',newsletter:'VARCHAR'}")
        words = ["scrm-ingest", "--observed", "2026-11-20", "-m",
                 self.conf("maps/web.json"), f]
        self.task("people", "scrm-ingest, CSV, phones and e-mails checked", f, [
            ("scrm-ingest", words + ["-j", "2"], False),
            ("scrm-ingest, one thread", words, False),
            ("DuckDB, typed, not checked", ["duck", 2, self.copy(
                "SELECT * FROM read_csv('%s',%s)" % (f, typed))], False)],
            {"DuckDB, typed, not checked": 1.5})

    def groups(self):
        """The same rows grouped into orders, and each by itself."""
        f = self.file("shop")
        words = ["scrm-ingest", "--observed", "2026-11-20", "-m"]
        self.task("groups", "scrm-ingest, rows of an order grouped", f, [
            ("grouped", words + [self.conf("bench-shop.json"), f], False),
            ("each row by itself",
             words + [self.conf("bench-shop-rows.json"), f], False)],
            {"each row by itself": 0.7})

    def gb18030(self):
        utf8 = self.file("csv-han")
        gb = self.file("csv-han", encoding="GB18030")
        words = ["scrm-ingest", "--observed", "2026-11-20", "-m",
                 self.conf("bench-text.json")]
        self.task("gb18030", "scrm-ingest, Chinese text, GB18030 beside UTF-8",
                  gb, [
                      ("GB18030", words + ["-e", "GB18030", gb], False),
                      ("UTF-8", words + [utf8], False)],
                  {"MB/s": 250, "UTF-8": 0.7})

    def latest(self, o, cols, auto):
        by = "customer_id"
        query = ("SELECT * FROM %s QUALIFY row_number() OVER (PARTITION BY "
                 "customer_id ORDER BY observed_at DESC) = 1")
        self.task("latest", "scrm-latest, orders to a fifth of the keys", o, [
            ("scrm-latest", ["scrm-latest", "-k", by, o], False),
            ("DuckDB, explicit columns", ["duck", 2, self.copy(query % cols)],
             False),
            ("DuckDB, own detection", ["duck", 2, self.copy(query % auto)],
             False)], {"DuckDB, explicit columns": 1.5,
                       "DuckDB, own detection": 1.5})

    def join(self, o, cols):
        """DuckDB joins by the first line only and puts the columns beside
        it; ours go into each element of products."""
        p = self.file("products", 50000)
        query = ("SELECT o.*, p.name, p.cost FROM %s o LEFT JOIN read_csv("
                 "'%s',header=true,columns={sku:'VARCHAR',name:'VARCHAR',"
                 "brand:'VARCHAR',category:'VARCHAR',cost:'DECIMAL(18,2)'}) p "
                 "ON o.products[1].sku = p.sku" % (cols, p))
        self.task("join", "scrm-join, orders with 50,000 products", o, [
            ("scrm-join", ["scrm-join", "-f", p, "-k", "products.sku", o],
             False),
            ("DuckDB, first line only", ["duck", 2, self.copy(query)], False),
            ("DuckDB, one thread", ["duck", 1, self.copy(query)], False)],
            {"MB/s": 350})

    def profile(self, o, cols):
        with open(self.conf("profile.sql")) as f:
            full = f.read()
        flat = ("SELECT customer_id, count(*) AS orders, sum(paid) AS revenue,"
                " min(time) AS first_order_at, max(time) AS last_order_at,"
                " max(paid) AS largest FROM %s WHERE status IN ('paid',"
                "'shipped','completed','refunded') GROUP BY customer_id" % cols)
        self.task("profile", "scrm-profile, the default facts", o, [
            ("scrm-profile", ["scrm-profile", o], False),
            ("DuckDB", ["duck", 2, self.copy(full.replace("ORDERS", cols))],
             False)], {"DuckDB": 3})
        self.task("profile", "scrm-profile, five flat facts", o, [
            ("scrm-profile", ["scrm-profile", "--no-default-facts", "-f",
                              self.conf("facts-5.csv"), o], False),
            ("DuckDB", ["duck", 2, self.copy(flat)], False)], {"DuckDB": 1})

    def keyed(self, o, member):
        """The lines, each behind the value of a member and a tab."""
        name = "%s.by-%s" % (o, member)
        mark = ('"%s":' % member).encode()
        if not os.path.exists(name):
            with open(o, "rb") as lines, open(name + ".new", "wb") as out:
                for line in lines:
                    value = line.split(mark, 1)[1].split(b",", 1)[0]
                    out.write(value.strip(b'"') + b"\t" + line)
            os.rename(name + ".new", name)
        return name

    def sort(self, o):
        """Beside sort(1), which has its key at the front of the line and the
        same memory; ours runs in one thread."""
        if self.args.only and "sort" not in self.args.only:
            return
        for memory, what in (("64M", "spilled"), ("1G", "in memory")):
            for key, member, way in (("customer_id", "customer_id", "1,1"),
                                     ("paid:desc", "paid", "1,1nr")):
                gnu = ["env", "LC_ALL=C", "sort", "-s", "-k" + way,
                       "-S" + memory]
                keyed = self.keyed(o, member)
                self.task("sort", "scrm-sort, orders by %s, %s" % (key, what),
                          o, [
                              ("scrm-sort", ["scrm-sort", "-k", key,
                                             "--memory", memory, o], False),
                              ("sort, one thread", gnu +
                               ["--parallel=1", keyed], False),
                              ("sort, two threads", gnu +
                               ["--parallel=2", keyed], False)],
                          {"sort, one thread": 0.5, "sort, two threads": 0.5})

    def pipes(self, o):
        """n stages beside the slowest alone and the CPU of all / cores."""
        if self.args.only and "pipe" not in self.args.only:
            return
        conds = ["total > 1", "paid > 0", "city != 'Oslo'", "status != 'x'"]
        runs = []
        for _ in range(self.args.runs):
            alone = [self.once(["scrm-pick", c, o]) for c in conds]
            line = " | ".join("scrm-pick \"%s\"%s" % (
                c, " " + o if i == 0 else "") for i, c in enumerate(conds))
            whole = self.once(["bash", "-c", line])
            bound = max(max(a[0] for a in alone), whole[1] / os.cpu_count())
            runs.append(whole[0] / bound)
        ratio = statistics.median(runs)
        self.out.append("### Four stages of scrm-pick in a pipe\n")
        self.out.append("%.2f times the larger of the slowest alone and the "
                        "CPU of all by the cores (wanted at most 1.25: %s)\n" %
                        (ratio, "met" if ratio <= 1.25 else "MISSED"))
        print("## pipe of four: %.2f" % ratio, file=sys.stderr)

    def start(self):
        """A start is what 200 of them take beyond 200 of true."""
        if self.args.only and "start" not in self.args.only:
            return
        loop = "i=0; while [ $i -lt 200 ]; do %s </dev/null; i=$((i + 1)); done"
        runs = []
        for _ in range(self.args.runs):
            ours = self.once(["sh", "-c", loop % "scrm-pick 1=1"])
            true = self.once(["sh", "-c", loop % "/bin/true"])
            runs.append(((ours[0] - true[0]) / 200 * 1000,
                         true[0] / 200 * 1000))
        ours, true = (statistics.median(r[i] for r in runs) for i in (0, 1))
        self.out.append("### Start\n")
        self.out.append("scrm-pick takes %.2f ms more than /bin/true, which "
                        "takes %.2f ms (wanted 2 in all: %s).\n" % (
                            ours, true,
                            "met" if ours + true <= 2 else "MISSED"))
        print("## start: %.2f ms beyond true's %.2f" % (ours, true),
              file=sys.stderr)

    def memory(self, o):
        """Peak beyond that of scrm-pick, by key."""
        if self.args.only and "memory" not in self.args.only:
            return
        with open(o, encoding="utf-8") as f:
            keys = len(set(line.split('"customer_id":"', 1)[1][:21]
                           for line in f))
        base = self.once(["scrm-pick", "1=1", o])[2]
        self.out.append("### Memory\n")
        self.out.append("Peak beyond scrm-pick's %.1f MiB, by each of %d "
                        "keys:\n" % (base / 1024, keys))
        for words, want in ((["scrm-latest", "-k", "customer_id", o], 100),
                            (["scrm-profile", "-j", "1", o], 400)):
            peak = (self.once(words)[2] - base) * 1024 / keys
            self.out.append("- `%s`: %.0f bytes (wanted under %d: %s)" % (
                self.shown(words), peak, want,
                "met" if peak < want else "MISSED"))
            print("## memory: %s: %.0f bytes a key" % (words[0], peak),
                  file=sys.stderr)
        self.out.append("")

    def growth(self):
        if self.args.only and "growth" not in self.args.only:
            return
        self.out.append("### Cost by size\n")
        self.out.append("Nanoseconds a line, median.\n")
        self.out.append("| lines | scrm-pick | scrm-latest | scrm-profile |")
        self.out.append("|---|---|---|---|")
        n = 10000
        while n <= self.args.lines * 10:
            f = self.file("orders", n)
            cells = []
            for words in (["scrm-pick", "total >= 1000", f],
                          ["scrm-latest", "-k", "customer_id", f],
                          ["scrm-profile", f]):
                runs = 1 if n > self.args.lines else self.args.runs
                wall = statistics.median(self.once(words)[0]
                                         for _ in range(runs))
                cells.append("%.0f" % (wall / n * 1e9))
            self.out.append("| %d | %s |" % (n, " | ".join(cells)))
            print("## growth %d: %s" % (n, cells), file=sys.stderr)
            if n > self.args.lines:
                os.unlink(f)
            n *= 10

    def head(self):
        def first(words):
            try:
                return subprocess.run(words, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT,
                                      check=False).stdout.decode().split(
                                          "\n")[0]
            except OSError:
                return words[0] + ": not there"
        duck = first([self.venv, "-c", "import duckdb; print('DuckDB', "
                      "duckdb.__version__)"])
        return ["# What `make bench` measured\n",
                "Written by bench/run.py; do not edit. %d lines, median of %d "
                "runs (slow peers: of 2), commands of a task in turn, output "
                "to /dev/null; only ratios hold from machine to machine. "
                "DuckDB's own clock is taken, without its start; all other "
                "figures are of whole processes.\n" %
                (self.args.lines, self.args.runs),
                "%d cores, %s. %s, %s, %s.\n" % (
                    os.cpu_count(), platform.machine(), duck,
                    first(["jq", "--version"]), first(["mlr", "--version"]))]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--lines", type=int, default=1000000)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--only", nargs="*")
    b = Bench(p.parse_args())
    for need in ("jq", "mlr", "cc", "iconv", "/usr/bin/time"):
        if not shutil.which(need):
            sys.exit("bench wants %s: make deps-bench" % need)
    if not os.path.exists(b.venv):
        sys.exit("bench wants DuckDB in %s: make bench sets it up" % b.venv)
    b.run()
    text = "\n".join(b.head() + b.out) + "\n"
    if b.args.only:
        print(text)
    else:
        with open(os.path.join(HERE, "RESULTS.md"), "w") as f:
            f.write(text)


main()
