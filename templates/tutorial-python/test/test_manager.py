"""Run by `dynops exec -- python3 -m unittest discover test`, which brings up a stack of its own and says where it is."""
import json
import os
import unittest
import urllib.request


def call(operation, payload):
    request = urllib.request.Request(
        os.environ["API_URL"] + "/DynamoDBManager",
        json.dumps({"operation": operation, "payload": payload}).encode(),
        {"authorization": os.environ["ID_TOKEN"], "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())


class Manager(unittest.TestCase):
    def test_an_item_is_kept_and_read(self):
        call("create", {"Item": {"id": "1", "name": "Ada"}})
        self.assertEqual(call("read", {"Key": {"id": "1"}})["Item"], {"id": "1", "name": "Ada"})

    def test_a_ping_is_answered(self):
        self.assertEqual(call("ping", {}), "pong")


if __name__ == "__main__":
    unittest.main()
