"""Drives one unmodified host: driver.py KIND ACTION HOME RECORDS [FROM TO | DEST].

KIND is wt (the binding `wiredtiger`) or mongo (SecantusDB through pymongo). The host finds its encryption
settings in the environment variable WIREDTIGER_CONFIG. Prints one line when the work is done; then takes
`put FROM TO`, `crash` and `close` from its input.
"""
import os
import shutil
import sys

kind, action, home, records = sys.argv[1:5]
rest = sys.argv[5:]
with open(records, encoding="utf-8") as file:
    lines = file.read().splitlines()[1:]


class Binding:
    def __init__(self):
        import wiredtiger

        self.conn = wiredtiger.wiredtiger_open(home, "create,log=(enabled)")
        self.session = self.conn.open_session()
        own = ""
        if "strongroom" in os.environ.get("WIREDTIGER_CONFIG", ""):
            own = ',encryption=(name=strongroom,keyid="tenant-b")'
        self.session.create("table:strikes", "key_format=q,value_format=S")
        self.session.create("table:tenant", "key_format=q,value_format=S" + own)

    def put(self, first, last):
        for uri in ("table:strikes", "table:tenant"):
            cursor = self.session.open_cursor(uri)
            for at in range(first, last):
                cursor[at] = lines[at]
            cursor.close()

    def checkpoint(self):
        self.session.checkpoint()

    def flush(self):
        self.session.log_flush("sync=on")

    def all(self):
        counts = []
        for uri in ("table:strikes", "table:tenant"):
            cursor = self.session.open_cursor(uri)
            found = list(cursor)
            assert all(lines[at] == text for at, text in found), uri
            counts.append(len(found))
            cursor.close()
        assert counts[0] == counts[1], counts
        return counts[0]

    def backup(self, dest):
        cursor = self.session.open_cursor("backup:")
        while cursor.next() == 0:
            shutil.copy(os.path.join(home, cursor.get_key()), dest)
        cursor.close()

    def close(self):
        self.conn.close()


class Mongo:
    def __init__(self):
        from pymongo import MongoClient
        from secantus import SecantusDBServer

        self.server = SecantusDBServer(storage_path=home, durable=True)
        self.server.__enter__()
        self.client = MongoClient(self.server.uri)
        self.table = self.client.airports.strikes

    def put(self, first, last):
        self.table.insert_many([{"_id": at, "text": lines[at]} for at in range(first, last)])

    def checkpoint(self):
        self.table.create_index("text")

    def flush(self):
        pass

    def all(self):
        found = list(self.table.find())
        assert all(lines[one["_id"]] == one["text"] for one in found)
        return len(found)

    def close(self):
        self.client.close()
        self.server.__exit__(None, None, None)


host = Binding() if kind == "wt" else Mongo()
if action == "fill":
    first, last = int(rest[0]), int(rest[1])
    middle = (first + last) // 2
    host.put(first, middle)
    host.checkpoint()
    host.put(middle, last)
    host.flush()
elif action == "backup":
    host.backup(rest[0])
print("ready", host.all(), flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    if word == "put":
        host.put(int(rest[0]), int(rest[1]))
        host.flush()
        print("ready", host.all(), flush=True)
    elif word == "crash":
        os._exit(9)
    else:
        break
host.close()
